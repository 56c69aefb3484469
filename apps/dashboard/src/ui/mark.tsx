/** The sign of the product. */
export const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M8 21.5V17m5.3 4.5v-8m5.4 8v-5.6M24 21.5V10" />
  </svg>
);
