import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lastDays } from '../format/time.js';
import { useApi } from './api-context.js';
import type { Query } from './client.js';
import { listAll } from './list-all.js';
import type {
  ApiKey,
  CostDimension,
  CostReport,
  CreatedApiKey,
  Model,
  NewApiKey,
  NewTransfer,
  Page,
  Price,
  RequestRow,
  Transfer,
  TransferDecision,
  TransferState,
  Wallet,
  WalletBalance,
} from './types.js';

/** How often figures that move are asked for again while the page is in sight. */
const LIVE_MS = 10_000;

/** The most rows that the cost report gives: 90 days of 100 models fit. */
const COST_ROWS_MAX = 10_000;

/** @param walletId Null: the wallet of the signed-in key. */
export function useBalance(walletId: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ['balance', walletId],
    queryFn: ({ signal }) =>
      api.call<WalletBalance>(
        walletId === null ? '/v1/wallet/balance' : `/v1/wallets/${encodeURIComponent(walletId)}/balance`,
        { signal },
      ),
    refetchInterval: walletId === null ? LIVE_MS : false,
  });
}

export function useCost(days: number, groupBy: CostDimension) {
  const api = useApi();
  return useQuery({
    queryKey: ['cost', days, groupBy],
    queryFn: async ({ signal }) => {
      const range = lastDays(days, Date.now());
      const { from, to } = range;
      const body = { from, to, group_by: groupBy, interval: 'day', limit: COST_ROWS_MAX };
      return {
        ...range,
        report: await api.call<CostReport>('/v1/analytics/cost', { method: 'POST', body, signal }),
      };
    },
    placeholderData: keepPreviousData,
  });
}

export function useRequests(query: Query, { live = false } = {}) {
  const api = useApi();
  return useQuery({
    queryKey: ['requests', query],
    queryFn: ({ signal }) => api.call<Page<RequestRow>>('/v1/requests', { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: live ? LIVE_MS : false,
  });
}

export function useRequest(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) => api.call<RequestRow>(`/v1/requests/${encodeURIComponent(id)}`, { signal }),
  });
}

export function useKeys() {
  const api = useApi();
  return useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => listAll<ApiKey>(api, '/v1/keys', {}, signal) });
}

export function useCreateKey() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewApiKey) => api.call<CreatedApiKey>('/v1/keys', { method: 'POST', body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
    // The answer carries the key: it is not to outlive the dialog that shows it.
    gcTime: 0,
  });
}

export function useRevokeKey() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.call<ApiKey>(`/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
}

export function useWallets() {
  const api = useApi();
  return useQuery({ queryKey: ['wallets'], queryFn: ({ signal }) => listAll<Wallet>(api, '/v1/wallets', {}, signal) });
}

/** @param state Null: all. */
export function useTransfers(state: TransferState | null) {
  const api = useApi();
  return useQuery({
    queryKey: ['transfers', state],
    queryFn: ({ signal }) => listAll<Transfer>(api, '/v1/wallet/transfers', { state }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  });
}

export function useRequestTransfer() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTransfer) => api.call<Transfer>('/v1/wallet/transfers', { method: 'POST', body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['transfers'] }),
  });
}

interface Decision {
  id: string;
  decision: TransferDecision;
  body: { reason?: string | null };
}

export function useDecideTransfer() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, decision, body }: Decision) =>
      api.call<Transfer>(`/v1/wallet/transfers/${encodeURIComponent(id)}/${decision}`, { method: 'POST', body }),
    onSuccess: () => {
      // An approved one has moved what the wallets show.
      void queries.invalidateQueries({ queryKey: ['balance'] });
      return queries.invalidateQueries({ queryKey: ['transfers'] });
    },
  });
}

export function useModels() {
  const api = useApi();
  return useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await api.call<{ data: Model[] }>('/v1/models', { signal })).data,
  });
}

export function usePrices() {
  const api = useApi();
  return useQuery({ queryKey: ['prices'], queryFn: ({ signal }) => listAll<Price>(api, '/v1/prices', {}, signal) });
}

/** The name of the reader's organisation. */
export function useOrganisation() {
  const api = useApi();
  return useQuery({
    queryKey: ['organisation'],
    queryFn: ({ signal }) => api.call<{ name: string }>('/v1/orgs/current', { signal }),
    staleTime: Infinity,
  });
}
