package io.caravanhub.hub.timeseries;

/**
 * What waits for the store, in rows and in bytes, and the most of both that may. Bytes are an
 * estimate: what the message came in, texts, and a constant for each row. Guarded by whoever uses
 * it.
 */
final class Room {
  private final int mostRows;
  private final long mostBytes;
  private int rows;
  private long bytes;

  Room(int mostRows, long mostBytes) {
    this.mostRows = mostRows;
    this.mostBytes = mostBytes;
  }

  /** Half of this room, empty. */
  Room half() {
    return new Room(mostRows / 2, mostBytes / 2);
  }

  /** Whether so much more fits; into an empty room anything does. */
  boolean fits(int moreRows, long moreBytes) {
    return rows == 0 || (rows + moreRows <= mostRows && bytes + moreBytes <= mostBytes);
  }

  void enter(int moreRows, long moreBytes) {
    rows += moreRows;
    bytes += moreBytes;
  }

  void leave(int fewerRows, long fewerBytes) {
    rows -= fewerRows;
    bytes -= fewerBytes;
  }

  int rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }
}
