package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.hub.database.Announcements;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.PlatformTransactionManager;

/** A version that a hub could not read when it was announced. */
class MissedVersionsTest {
  private final VersionedMapping mapping = new VersionedMapping();
  private final AtomicBoolean away = new AtomicBoolean();
  private final AtomicInteger failed = new AtomicInteger();

  @Test
  void isInForceSoonAlsoWhileOthersAreAnnouncedAllTheTime() {
    TenantMappings another =
        new TenantMappings(
            mapping.hub.bean(FolderMappingCatalog.class),
            new Away(),
            mapping.hub.bean(MappingMeters.class),
            mapping.hub.bean(Announcements.class));
    try {
      mapping.publish(VersionedMapping.yielding(1));
      assertThat(version(another)).isEqualTo(1);
      away.set(true);
      mapping.publish(VersionedMapping.yielding(2));
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> failed.get() > 0);
      away.set(false);

      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                mapping
                    .hub
                    .owner()
                    .sql("select announce_change('hub_mappings', 't-nobody x')")
                    .query(row -> {});
                return version(another) == 2;
              });
    } finally {
      another.destroy();
    }
  }

  private int version(TenantMappings hub) {
    return Objects.requireNonNull(hub.version(mapping.tenant, mapping.name)).version();
  }

  private final class Away extends MappingStore {
    Away() {
      super(
          mapping.hub.bean(MappingRows.class), mapping.hub.bean(PlatformTransactionManager.class));
    }

    @Override
    Optional<MappingVersion> published(String name) {
      check();
      return super.published(name);
    }

    @Override
    Map<String, Integer> publishedIds() {
      check();
      return super.publishedIds();
    }

    private void check() {
      if (away.get()) {
        failed.incrementAndGet();
        throw new DataAccessResourceFailureException("away");
      }
    }
  }
}
