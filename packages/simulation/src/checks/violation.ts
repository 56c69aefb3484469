/** A promise that was broken. */
export interface Violation {
  law: string;
  detail: string;
  /** Since the start of the run. */
  atMs: number;
}

export type Report = (law: string, detail: string) => void;
