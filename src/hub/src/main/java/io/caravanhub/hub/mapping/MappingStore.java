package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.MappingSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Versions of mappings of the tenant in force, as the database holds them. Thread-safe. */
@Component
public class MappingStore {
  private final MappingRows rows;
  private final TransactionTemplate transaction;

  MappingStore(MappingRows rows, PlatformTransactionManager transactions) {
    this.rows = rows;
    this.transaction = new TransactionTemplate(transactions);
  }

  Optional<MappingVersion> published(String name) {
    return rows.published(name);
  }

  Map<String, Integer> publishedIds() {
    return rows.publishedIds();
  }

  /**
   * A version's content.
   *
   * @param version its number, or {@code draft}
   */
  public Optional<MappingSource> source(String name, String version) {
    return (version.equals("draft")
            ? rows.draft(name)
            : version.matches("[0-9]{1,9}")
                ? rows.version(name, Integer.parseInt(version))
                : Optional.<MappingVersion>empty())
        .map(MappingVersion::source);
  }

  /**
   * Enters the content of a file as a version, unless an admin's version rules or it is there.
   *
   * @return what is published then
   */
  MappingVersion record(MappingSource file) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              rows.lock(file.name());
              MappingVersion now = rows.published(file.name()).orElse(null);
              if (now != null && (!now.followsFile() || now.holds(file))) {
                return now;
              }
              return rows.publish(
                  file,
                  MappingVersion.FILE,
                  MappingVersion.FILE,
                  MappingVersion.FILE,
                  "",
                  now == null ? null : now.version());
            }));
  }
}
