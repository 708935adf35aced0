/**
 * WindowSize: how many rows and columns the terminal shows (struct winsize, ioctl_tty(2)).
 */
export class WindowSize {
  rows = 0;
  columns = 0;
  xPixels = 0;
  yPixels = 0;

  /** Take over; false when nothing changed. */
  set(rows: number, columns: number, xPixels: number, yPixels: number): boolean {
    const same =
      rows === this.rows &&
      columns === this.columns &&
      xPixels === this.xPixels &&
      yPixels === this.yPixels;
    this.rows = rows;
    this.columns = columns;
    this.xPixels = xPixels;
    this.yPixels = yPixels;
    return !same;
  }
}
