/** A step that failed for a reason the person at the keyboard can act on; printed without a stack. */
export class StepFailure extends Error {
  /**
   * @param {string} message one line: what failed and what to do
   * @param {{ tail?: string, logFile?: string }} [detail] the end of the step's output, and where all of it lies
   */
  constructor(message, detail = {}) {
    super(message);
    this.name = 'StepFailure';
    this.tail = detail.tail ?? '';
    this.logFile = detail.logFile ?? '';
  }
}
