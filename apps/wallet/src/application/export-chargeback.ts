import type {
  CallOf,
  ChargebackRow,
  ChargeSummary,
  exportChargebackV1,
  RequestOf,
  summariseChargesV1,
} from '@ao/contracts';
import { AppError, nanoUsd, type NanoUsd } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { Wallet } from '../domain/wallet.js';
import type { WalletRepository } from './ports.js';

type Request = RequestOf<typeof exportChargebackV1>;

const RANGE_MAX_MS = 366 * 86_400_000;

/** What the calls of a range cost, as the owner of the request log sums it up. */
export interface Charges {
  summarise(range: CallOf<typeof summariseChargesV1>): Promise<ChargeSummary[]>;
}

/** Tells who is to pay for what: the figures of the request log under the names and cost centers of the wallets. */
export class ExportChargeback {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly charges: Charges,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter`, `timeout`, `backend_unavailable` (metering is away). */
  async execute({ actor, from, to, teamId, costCenter }: Request): Promise<{ rows: ChargebackRow[]; total: NanoUsd }> {
    requireAdmin(actor);
    const lengthMs = Date.parse(to) - Date.parse(from);
    if (lengthMs <= 0 || lengthMs > RANGE_MAX_MS) {
      throw new AppError('invalid_parameter', 'The range must end after it begins, within 366 days.', { param: 'to' });
    }
    const charges = await this.charges.summarise({ actor, from, to, ...(teamId !== undefined && { teamId }) });
    const paths = await this.wallets.findPaths([...new Set(charges.flatMap(({ walletId }) => walletId ?? []))]);
    const rows = charges
      .map((charge) => toRow(charge, actor.orgId, charge.walletId === null ? undefined : paths.get(charge.walletId)))
      .filter((row) => costCenter === undefined || row.costCenter === costCenter);
    return { rows, total: nanoUsd(rows.reduce((sum, { cost }) => sum + cost, 0n)) };
  }
}

function toRow(charge: ChargeSummary, orgId: string, path: readonly Wallet[] | undefined): ChargebackRow {
  const own = path?.filter((wallet) => wallet.orgId === orgId) ?? [];
  const costCenter = own.find((wallet) => wallet.costCenter !== null)?.costCenter ?? null;
  return { ...charge, walletName: own[0]?.name ?? null, costCenter };
}
