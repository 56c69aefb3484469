export { LeasePool } from '../domain/lease-pool.js';
