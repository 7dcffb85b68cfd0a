package io.caravanhub.hub.store;

import io.caravanhub.hub.lease.HubLeases;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the upkeep together from the settings. */
@Configuration(proxyBeanMethods = false)
public class StoreConfiguration {
  /** An hour that what comes late still fills is looked at again after so many rounds. */
  private static final int ROUNDS_OF_PAUSE = 8;

  @Bean
  Limits storeLimits(
      @Value("${hub.retention.days}") int telemetry,
      @Value("${hub.rollup.days}") int rollups,
      @Value("${hub.compress.days}") int uncompressed) {
    return new Limits(telemetry, rollups, uncompressed);
  }

  @Bean
  BucketTarget.Access archiveAccess(
      @Value("${hub.archive.endpoint:}") String endpoint,
      @Value("${hub.archive.region}") String region,
      @Value("${hub.archive.key:}") String key,
      @Value("${hub.archive.secret:}") String secret) {
    return new BucketTarget.Access(endpoint, region, key, secret);
  }

  @Bean
  StoreUpkeep storeUpkeep(
      @Qualifier("upkeepPool") DataSource owner,
      Limits limits,
      BucketTarget.Access access,
      @Value("${hub.archive:}") String archive,
      @Value("${hub.store.rollups.period:15000}") long period,
      HubLeases leases,
      MeterRegistry meters) {
    return new StoreUpkeep(
        owner,
        leases.lease("store"),
        new Rollups(limits, Duration.ofMillis(period).multipliedBy(ROUNDS_OF_PAUSE)),
        new Retention(limits, archive(archive, access), meters),
        new Chunks(limits, meters),
        meters);
  }

  static @Nullable DayArchive archive(String setting, BucketTarget.Access access) {
    if (setting.isBlank()) {
      return null;
    }
    return new DayArchive(
        setting.startsWith("file:")
            ? new FolderTarget(
                Path.of(setting.substring("file:".length()).replaceFirst("^//(?=/)", "")))
            : BucketTarget.of(URI.create(setting), access));
  }
}
