export { boundaryOf, readForm, replacePart, type FormPart } from './read-form.js';
