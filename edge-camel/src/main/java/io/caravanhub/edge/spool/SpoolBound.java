package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.GatewayClock;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the spool below its bounds, as its policy says. For the writer's thread. */
final class SpoolBound {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolBound.class);
  private static final int CHUNK = 512;
  private static final int ROUNDS = 40;

  private final SpoolSettings settings;
  private final SpoolCounts counts;

  /** Below it only events are left, so that they are not looked through again and again. */
  private long dropFrom;

  private long thinFrom;

  /** How many of the older half this pass has still to look at. */
  private long thinLeft;

  private boolean thinnedInPass = true;
  private final Map<String, Integer> seen = new HashMap<>();
  private boolean told;

  SpoolBound(SpoolSettings settings, SpoolCounts counts) {
    this.settings = settings;
    this.counts = counts;
  }

  /** Whether nothing more is taken. */
  boolean refuses(SpoolFile file) throws SQLException {
    return settings.policy() == SpoolSettings.Policy.REFUSE
        && file.usedBytes() >= settings.maxBytes();
  }

  /** Makes room within the transaction under way; a large excess takes several of them. */
  void enforce(SpoolFile file) throws SQLException {
    if (settings.policy() == SpoolSettings.Policy.REFUSE) {
      return;
    }
    if (file.usedBytes() <= settings.maxBytes()) {
      return;
    }
    if (!told) {
      told = true;
      LOG.warn(
          "The spool holds its {} bytes: {} from now on, counted in the health message",
          settings.maxBytes(),
          settings.policy());
    }
    for (int round = 0; round < ROUNDS && file.usedBytes() > settings.maxBytes(); round++) {
      if (settings.policy() == SpoolSettings.Policy.THIN) {
        thin(file);
      } else {
        dropOldest(file);
      }
    }
  }

  private void dropOldest(SpoolFile file) throws SQLException {
    List<SpoolFile.Head> heads = file.heads(dropFrom, CHUNK);
    if (heads.isEmpty()) {
      // Nothing but events is left.
      dropFrom = 0;
      heads = file.heads(0, CHUNK);
      counted(file.delete(heads.stream().map(SpoolFile.Head::seq).toList()));
      return;
    }
    counted(
        file.delete(
            heads.stream().filter(head -> !head.event()).map(SpoolFile.Head::seq).toList()));
    dropFrom = heads.get(heads.size() - 1).seq() + 1;
  }

  private void counted(int deleted) {
    counts.dropped.addAndGet(deleted);
    counts.records.addAndGet(-deleted);
  }

  private void thin(SpoolFile file) throws SQLException {
    if (thinLeft <= 0) {
      if (!thinnedInPass) {
        dropOldest(file);
        thinnedInPass = true;
        return;
      }
      thinFrom = 0;
      thinLeft = counts.records.get() / 2;
      thinnedInPass = false;
      seen.clear();
    }
    List<SpoolFile.Head> heads = file.heads(thinFrom, (int) Math.min(CHUNK, thinLeft));
    List<Long> going = new ArrayList<>();
    for (SpoolFile.Head head : heads) {
      if (!head.event()
          && (seen.merge(head.device(), 1, Integer::sum) - 1) % settings.thinKeep() != 0) {
        going.add(head.seq());
      }
    }
    thinLeft = heads.isEmpty() ? 0 : thinLeft - heads.size();
    thinFrom = heads.isEmpty() ? 0 : heads.get(heads.size() - 1).seq() + 1;
    thinnedInPass |= !going.isEmpty();
    int deleted = file.delete(going);
    counts.thinned.addAndGet(deleted);
    counts.records.addAndGet(-deleted);
  }

  /**
   * Drops what is too old, up to the first record that is not. What nobody can tell the age of is
   * at least as old as what came after it, and goes with that.
   *
   * @return whether more may be to be dropped: a large heap takes several transactions
   */
  boolean dropAged(SpoolFile file, GatewayClock clock) throws SQLException {
    if (settings.policy() == SpoolSettings.Policy.REFUSE) {
      return false;
    }
    long from = 0;
    long last = 0;
    boolean aged = true;
    boolean more = true;
    List<Long> looked = new ArrayList<>();
    int going = 0;
    for (int round = 0; round < ROUNDS && aged && more; round++) {
      List<SpoolFile.Head> heads = file.heads(from, CHUNK);
      more = heads.size() == CHUNK;
      for (SpoolFile.Head head : heads) {
        Long age = clock.age(Math.abs(head.clock()), head.received());
        aged = age == null || age > settings.maxAge().toMillis();
        if (!aged) {
          break;
        }
        looked.add(head.seq());
        going = age == null ? going : looked.size();
        last = head.seq();
      }
      from = last + 1;
    }
    counted(file.delete(looked.subList(0, going)));
    return aged && more && going > 0;
  }
}
