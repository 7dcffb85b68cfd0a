package io.caravanhub.core.bacnet;

import org.jspecify.annotations.Nullable;

/**
 * A device that said who it is (clause 16.10).
 *
 * @param address where it is
 * @param instance of its device object
 * @param maxApdu longest APDU it takes, in octets
 * @param segmentation 0 both, 1 transmits, 2 receives, 3 none
 * @param vendor vendor identifier
 */
public record IAm(BacnetAddress address, int instance, int maxApdu, int segmentation, int vendor) {

  /** Whether it can send an answer in segments. */
  public boolean sendsSegments() {
    return segmentation == 0 || segmentation == 1;
  }

  /** A Who-Is for a range of instances; null asks all (clause 16.10.1). */
  static byte[] whoIs(@Nullable Integer low, @Nullable Integer high) {
    TagWriter out = new TagWriter();
    if (low != null && high != null) {
      out.unsigned(0, low).unsigned(1, high);
    }
    return out.octets();
  }

  static IAm decode(BacnetAddress from, byte[] content) {
    TagReader in = new TagReader(content);
    ObjectId device = in.objectId();
    if (device.type() != ObjectId.DEVICE || device.instance() == ObjectId.ANY_INSTANCE) {
      throw new BacnetFormatException("an I-Am of " + device);
    }
    long maxApdu = in.unsigned();
    long segmentation = in.enumerated();
    long vendor = in.unsigned();
    return new IAm(
        from,
        device.instance(),
        (int) Math.max(50, Math.min(maxApdu, 0xFFFF)),
        (int) segmentation,
        (int) vendor);
  }
}
