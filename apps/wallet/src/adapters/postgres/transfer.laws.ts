/*
 * What must hold of transfers. Their entries are few among those of calls, and an index has them apart (`entry_not_calls`:
 * its condition is repeated here, or it would not be used), so they are always read whole.
 */
export const BROKEN_TRANSFERS = `
WITH moved AS (
    SELECT * FROM entry WHERE kind NOT IN ('usage', 'overage') AND kind IN ('transfer_in', 'transfer_out')),
  sums AS (
    SELECT wallet_id, period_key, sum(CASE WHEN credit_account = 'budget:' || wallet_id THEN amount ELSE 0 END) AS moved_in,
      sum(CASE WHEN debit_account = 'budget:' || wallet_id THEN amount ELSE 0 END) AS moved_out
    FROM moved GROUP BY 1, 2),
  parts AS (
    SELECT split_part(idempotency_key, ':', 2) AS id, min(period_key) AS period_key, min(amount) AS smallest, max(amount) AS largest,
      sum(CASE WHEN debit_account LIKE 'transfer:%' THEN amount WHEN credit_account LIKE 'transfer:%' THEN -amount ELSE 0 END) AS uneven
    FROM moved GROUP BY 1),
  laws AS (
    SELECT 'transferred_equals_entries' AS law, wallet_id, period_key, coalesce(moved_in - moved_out, 0) AS expected,
      coalesce(transferred_in - transferred_out, 0) AS found,
      coalesce(moved_in, 0) = coalesce(transferred_in, 0) AND coalesce(moved_out, 0) = coalesce(transferred_out, 0) AS holds
    FROM (SELECT * FROM period_balance WHERE transferred_in > 0 OR transferred_out > 0) AS balance
      FULL JOIN sums USING (wallet_id, period_key)
    UNION ALL
    -- Approved: every entry has the whole amount, and what left one branch has arrived in the other. Else: no entry.
    SELECT 'transfers_are_complete', to_wallet_id, coalesce(period_key, ''), CASE WHEN state = 'approved' THEN amount ELSE 0 END,
      coalesce(largest, 0), CASE WHEN state = 'approved' THEN (smallest, largest, uneven) = (amount, amount, 0) ELSE parts.id IS NULL END
    FROM transfer LEFT JOIN parts USING (id))
SELECT law, wallet.org_id, wallet_id, period_key, expected, found
FROM laws LEFT JOIN wallet ON wallet.id = wallet_id WHERE holds IS NOT TRUE LIMIT $1`;
