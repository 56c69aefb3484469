import { formatUsd } from '@ao/kernel';
import { readInvoices, type InvoiceDefaults } from '../../domain/invoice.js';
import { readCsv } from './read-csv.js';

const none: InvoiceDefaults = { provider: undefined, month: undefined };
const read = (csv: string, defaults = none) => {
  const reading = readInvoices(readCsv(csv), defaults);
  if (reading.kind === 'refused') return reading.problems;
  return reading.invoices.flatMap(({ provider, month, lines }) =>
    [...lines].map(([model, { amount, tokens }]) => [provider, month, model, formatUsd(amount), tokens]),
  );
};

describe('an invoice as CSV', () => {
  it('[MT-011] adds up the lines of each provider, month and model', () => {
    const csv =
      'provider,month,model,amount_usd,tokens\nopenai,2026-01,m,1.10,100\nopenai,2026-01,m,2.20,\np,2026-02,n,3,"1,000"\n';
    expect(read(csv)).toEqual([
      ['openai', '2026-01', 'm', '3.3', 100],
      ['p', '2026-02', 'n', '3', 1_000],
    ]);
  });

  it.each([
    [
      'days and projects',
      'start_time_iso,amount_value,amount_currency,line_item,project_id\n2026-01-03T00:00:00+00:00,0.06,usd,"gpt-4o-2024-08-06, cached input",p\n2026-01-04T00:00:00+00:00,0.04,usd,"gpt-4o-2024-08-06, output",p\n',
      ['gpt-4o-2024-08-06', '0.1'],
    ],
    [
      'kinds of tokens',
      'usage_date_utc,model,workspace,token_type,cost_usd\n2026-01-03,claude,w,output,1.50\n2026-01-31,claude,w,input,0.25\n',
      ['claude', '1.75'],
    ],
    [
      'a spreadsheet',
      '\ufeffDate;Model Name;Cost (USD)\r\n2026-01-03;"m ";"$1,234.50"\r\n;;\r\n2026-01-04;m;(34.50)\r\n',
      ['m', '1200'],
    ],
    ['tabs and nulls at the end', 'MONTH\tModel\tTotal Cost\n2026-01\tm\t0.12345678900000\n', ['m', '0.123456789']],
  ])('[MT-011] is taken as providers export it, with %s', (_kind, csv, [model, amount]) => {
    expect(read(csv, { ...none, provider: 'p' })).toEqual([['p', '2026-01', model, amount, null]]);
  });

  it('[MT-011] names every line at fault and what is wrong with it', () => {
    const csv = [
      'provider,month,model,amount_usd,tokens,currency',
      'p,2026-01,m,1.0000000001,,',
      ',01/2026,m,1e3,x,EUR',
      'p,2026-01,,"1,23",,usd',
    ].join('\n');
    expect(read(csv)).toEqual([
      'line 2: "1.0000000001" is no amount: write dollars with at most 9 places, such as 12.50',
      'line 3: the provider is missing or too long',
      'line 3: "01/2026" is no month: write 2026-01 or a date in UTC',
      'line 3: "1e3" is no amount: write dollars with at most 9 places, such as 12.50',
      'line 3: "x" is no number of tokens',
      'line 3: only US dollars (usd) can be compared',
      'line 4: the model is missing or too long',
      'line 4: "1,23" is no amount: write dollars with at most 9 places, such as 12.50',
    ]);
  });

  it('[MT-011] names the columns that it misses, and takes provider and month from the request', () => {
    expect(read('sku_name,price\na,1\n')).toEqual([
      'the header has no column for the model: name one of them model',
      'the header has no column for the amount: name one of them amount_usd',
      'the header has no column for the provider: name one of them provider, or give ?provider=',
      'the header has no column for the month: name one of them month, or give ?month=',
    ]);
    expect(read('model,amount\nm,1\n', { provider: 'p', month: '2026-01' })).toEqual([
      ['p', '2026-01', 'm', '1', null],
    ]);
    expect(read('provider,month,model,amount\n')).toEqual(['there are no lines below the header']);
  });

  it('limits its problems and its models', () => {
    const rows = (count: number, amount: string) =>
      Array.from({ length: count }, (_, index) => `p,2026-01,m${index},${amount}`).join('\n');
    expect(read(`provider,month,model,amount\n${rows(50, 'x')}`)).toHaveLength(20);
    expect(read(`provider,month,model,amount\n${rows(1_001, '1')}`)).toEqual([
      'there are more than 1000 models; send the months one by one',
    ]);
  });

  it.each([
    ['', /empty/],
    ['model,amount\n"m,1\n', /not valid CSV/],
    [`model,amount\n${'m'.repeat(20_000)},1\n`, /not valid CSV/],
  ])('is refused when it is none: %.20j', (csv, message) => {
    expect(() => readCsv(csv)).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', message: expect.stringMatching(message) }),
    );
  });
});
