import { readFile, readdir } from 'node:fs/promises';

/** What a process and those it started have used; null where the system has no /proc. */
export interface ProcessFigures {
  rssBytes: number;
  /** Of the process itself. */
  cpuMs: number;
  /** Of the processes it started: the embedded database. */
  childrenCpuMs: number;
}

/** The unit of /proc times on every Linux that Node runs on. */
const TICK_MS = 10;

export async function readProcessFigures(pid: number): Promise<ProcessFigures | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const rssBytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1_024;
    const children = await readDescendants(pid);
    const childrenCpuMs = (await Promise.all(children.map(readCpuMs))).reduce((sum, cpuMs) => sum + cpuMs, 0);
    return { rssBytes, cpuMs: await readCpuMs(pid), childrenCpuMs };
  } catch {
    return null;
  }
}

async function readCpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return 0;
  // The name in brackets may hold spaces; the fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function readDescendants(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  const below = await Promise.all(children.map((child) => readDescendants(child).catch(() => [])));
  return [...children, ...below.flat()];
}
