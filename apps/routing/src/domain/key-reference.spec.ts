import { mayReference, OPERATOR_ORGANISATION_ID, referencedFile } from './key-reference.js';

describe('a key that is a variable of the environment', () => {
  it.each([
    [OPERATOR_ORGANISATION_ID, 'GROQ_API_KEY', true],
    [OPERATOR_ORGANISATION_ID, 'VLLM_TOKEN', true],
    [OPERATOR_ORGANISATION_ID, 'DATABASE_URL', false],
    [OPERATOR_ORGANISATION_ID, 'AWS_SECRET_ACCESS_KEY', false],
    [OPERATOR_ORGANISATION_ID, 'AO_MASTER_KEY', false],
    [OPERATOR_ORGANISATION_ID, 'AO_ADMIN_API_KEY', false],
    ['org_tenant', 'GROQ_API_KEY', false],
    ['org_tenant', 'VLLM_TOKEN', false],
  ])('of %s, %s: %s', (orgId, variable, allowed) => {
    expect(mayReference(orgId, variable, ['VLLM_TOKEN', 'AO_MASTER_KEY'])).toBe(allowed);
  });

  it.each([
    ['TEAM_A_TOKEN', true],
    ['TEAM_TOKEN', false],
    ['MY_TEAM_A_TOKEN', false],
    ['TEAM_A_TOKENS', false],
    ['LLM_EU_KEY_2', true],
    ['LLM_KEY_', true],
    ['LLM_KEY', false],
    ['AO_LLM_KEY_', false],
  ])('[PR-013] %s matches the operator’s patterns: %s', (variable, allowed) => {
    expect(mayReference(OPERATOR_ORGANISATION_ID, variable, ['TEAM_*_TOKEN', 'LLM_*KEY_*'])).toBe(allowed);
  });
});

describe('a key that is a file', () => {
  it.each([
    ['file:/run/secrets/openai', '/run/secrets/openai'],
    ['file:secrets/openai', null],
    ['file:', null],
    ['sk-1', null],
  ])('%s names %s', (reference, path) => {
    expect(referencedFile(reference)).toBe(path);
  });
});
