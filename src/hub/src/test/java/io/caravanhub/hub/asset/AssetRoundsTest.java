package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.SharedValues;
import io.caravanhub.hub.timeseries.TimeseriesConstants;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A round of assets of which one's judgement cannot be noted. */
class AssetRoundsTest {
  private final Plant plant = new Plant();

  @Test
  void isDoneAgainForAllOfThem() {
    plant.define(
        "round",
        Map.of(
            "health",
            Map.of(
                "algorithm",
                "weighted_deductions",
                "deductions",
                List.of(Map.of("reason", "Hot", "when", "temperature > 90", "points", 25)))));
    List<AssetKey> keys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String asset = plant.asset("round");
      Registered device = plant.device();
      plant.linked(device, asset, Map.of());
      plant.says(device, Instant.now(), Map.of("temperature", 20));
      keys.add(new AssetKey(plant.tenant, asset));
      Plant.eventually(() -> assertThat(plant.health(asset).path("score").isNumber()).isTrue());
    }
    AssetBook book = plant.hub.bean(AssetBook.class);
    FormulaFailures failures = plant.hub.bean(FormulaFailures.class);
    AssetReadings readings = new AssetReadings(book);
    AssetMetrics metrics =
        new AssetMetrics(
            book,
            readings,
            plant.hub.bean(AssetValues.class),
            new AssetSeries(
                plant.hub.bean(AssetDevices.class),
                plant.hub.bean(LatestValues.class),
                plant.hub.bean(CanonicalReader.class),
                failures),
            new HealthRows(plant.hub.bean(JdbcClient.class), plant.hub.bean(ObjectMapper.class)) {
              @Override
              void put(String asset, Instant at, Health health, String judgedBy) {
                throw new DataAccessResourceFailureException("away");
              }
            },
            failures,
            plant.hub.bean(HubLeases.class),
            plant.hub.bean(SharedValues.class),
            new SimpleMeterRegistry());
    readings.add(keys);
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    metrics.derive(exchange);
    assertThat(readings.size()).isZero();
    exchange.getMessage().setHeader(TimeseriesConstants.STORED, 1);

    assertThatThrownBy(() -> metrics.stored(exchange))
        .isInstanceOf(DataAccessResourceFailureException.class);
    assertThat(readings.take(10)).containsAll(keys);
  }
}
