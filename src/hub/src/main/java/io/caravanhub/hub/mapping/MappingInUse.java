package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A mapping's name in a tenant: what is in force, how often it was used, what it was used on. Read
 * by every message without a lock; changed under one of its own.
 */
final class MappingInUse {
  /**
   * What is in force. A message sees one of these or the next, never a mixture.
   *
   * @param version the published version, or null when there is none
   * @param file what the file held when this was made; followed while the version is a file's
   * @param mapping the version compiled, or null when there is none
   * @param problem why the version cannot be used, or null
   */
  record InForce(
      @Nullable MappingVersion version,
      @Nullable MappingSource file,
      @Nullable Mapping mapping,
      @Nullable MappingException problem) {

    boolean followsFile() {
      return version == null || version.followsFile();
    }

    int id() {
      return version == null ? 0 : version.id();
    }
  }

  final String tenant;
  final String name;
  final ReentrantLock changing = new ReentrantLock();
  final LongAdder matched = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder unmatched = new LongAdder();
  final LongAdder nanos = new LongAdder();
  final PayloadRing payloads;

  /** The same payloads, for what comes as a part of a gateway's message. */
  final KeptParts parts;

  volatile @Nullable InForce inForce;
  volatile MappingMeters.@Nullable Counts counts;
  volatile long notBefore = System.nanoTime();

  MappingInUse(String tenant, String name, PayloadRing payloads) {
    this.tenant = tenant;
    this.name = name;
    this.payloads = payloads;
    this.parts = new KeptParts(payloads);
  }

  /** What one message took, in microseconds, on average since the hub began; 0 when none came. */
  double micros() {
    long messages = matched.sum() + failed.sum() + unmatched.sum();
    return messages == 0 ? 0 : Math.round(nanos.sum() / 100.0 / messages) / 10.0;
  }
}
