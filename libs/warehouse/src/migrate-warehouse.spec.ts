import { splitStatements } from './migrate-warehouse.js';

describe('splitStatements', () => {
  it('splits at semicolons that end a line only', () => {
    expect(splitStatements("SELECT 'a;b';\nSELECT 2;  \n-- the end; really\n")).toEqual(["SELECT 'a;b'", 'SELECT 2']);
  });

  it('takes a last statement without a semicolon', () => {
    expect(splitStatements('SELECT 1;\nSELECT 2')).toEqual(['SELECT 1', 'SELECT 2']);
  });
});
