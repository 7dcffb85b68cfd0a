package io.caravanhub.edge;

import io.caravanhub.edge.spool.SpoolSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Reads the section {@code spool} of {@code edge.yaml}. */
final class SpoolSection {
  private static final Set<String> FIELDS =
      Set.of(
          "file",
          "maxBytes",
          "maxAge",
          "policy",
          "thinKeep",
          "backfillShare",
          "encryptionKeyFile",
          "sync");
  private static final long LEAST_BYTES = 1 << 20;
  private static final int LEAST_KEEP = 4;

  private enum Sync {
    FULL,
    NORMAL
  }

  private SpoolSection() {}

  static SpoolSettings read(SettingsSection spool, Path data) {
    spool.only(FIELDS);
    Path said = spool.file("file");
    SpoolSettings usual = SpoolSettings.at(said == null ? data.resolve("spool.db") : said);
    return new SpoolSettings(
        usual.file(),
        spool.bytes("maxBytes", usual.maxBytes(), LEAST_BYTES),
        spool.duration("maxAge", usual.maxAge()),
        spool.choice("policy", usual.policy(), SettingsSection.all(SpoolSettings.Policy.class)),
        keep(spool, usual.thinKeep()),
        spool.file("encryptionKeyFile"),
        spool.choice("sync", Sync.FULL, List.of(Sync.values())) == Sync.FULL);
  }

  private static int keep(SettingsSection spool, int usual) {
    int keep = spool.node().path("thinKeep").asInt(usual);
    if (keep < LEAST_KEEP) {
      // Where more stays, SQLite does not give pages back.
      throw spool.wrong("thinKeep", "expected at least " + LEAST_KEEP + ", got " + keep);
    }
    return keep;
  }
}
