import { mayReference, OPERATOR_ORGANISATION_ID } from './key-reference.js';

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
});
