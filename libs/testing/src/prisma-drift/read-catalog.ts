import type pg from 'pg';

/** What of a database schema a Prisma model can express, one line of text per fact. */
export interface Catalog {
  columns: string[];
  /** Primary keys, unique and plain indexes by their columns; foreign keys; enums. */
  structures: string[];
}

const COLUMNS = `
SELECT format('%s.%s %s%s%s', c.relname, a.attname, replace(format_type(a.atttypid, a.atttypmod), $1 || '.', ''),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              coalesce(' default ' || replace(pg_get_expr(d.adbin, d.adrelid), $1 || '.', ''), '')) AS fact
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'`;

const STRUCTURES = `
SELECT format('%s %s on (%s)', t.relname, CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique' ELSE 'index' END,
              (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, false), ', ' ORDER BY n) FROM generate_series(1, i.indnkeyatts) n)) AS fact
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relnamespace = $1::regnamespace AND t.relname <> '_prisma_migrations' AND NOT t.relispartition
UNION ALL
SELECT format('%s %s', t.relname, replace(pg_get_constraintdef(k.oid), $1 || '.', '')) FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
WHERE k.connamespace = $1::regnamespace AND k.contype = 'f'
UNION ALL
SELECT format('enum %s (%s)', t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = $1::regnamespace GROUP BY t.typname`;

export async function readCatalog(client: Pick<pg.Client, 'query'>, schema: string): Promise<Catalog> {
  const facts = async (sql: string): Promise<string[]> => {
    const { rows } = await client.query<{ fact: string }>(sql, [schema]);
    return rows.map((row) => row.fact).sort();
  };
  return { columns: await facts(COLUMNS), structures: await facts(STRUCTURES) };
}
