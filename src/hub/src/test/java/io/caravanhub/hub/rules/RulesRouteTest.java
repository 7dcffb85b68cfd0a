package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class RulesRouteTest {
  private final Acting acting = new Acting();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final AsyncProcessor committing =
      new AsyncProcessorSupport() {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
          writer.execute(() -> callback.done(false));
          return false;
        }
      };
  private String tenant;
  private String device;

  @BeforeEach
  void startTheRoute() throws Exception {
    tenant = TestDatabase.tenant();
    device = TestDatabase.device(tenant, "PUMP-9", "pump", "One");
    Path root = TestDatabase.root();
    RuleLibrary library = new RuleLibrary(root.resolve("rules").toString(), acting.jdbc);
    RuleEngine engine =
        new RuleEngine(library, new DeviceHistory(acting.jdbc), java.time.Clock.systemUTC());
    StaticListableBeanFactory beans = new StaticListableBeanFactory();
    beans.addBean("meters", meters);
    camel.getRegistry().bind("ruleEngine", engine);
    camel.getRegistry().bind("eventLog", acting.eventLog);
    camel
        .getRegistry()
        .bind("rulesFailure", new RulesFailure(engine, beans.getBeanProvider(MeterRegistry.class)));
    for (String file : List.of("policy/rules", "rules/evaluate", "rules/watch")) {
      PluginHelper.getRoutesLoader(camel)
          .loadRoutes(
              ResourceHelper.resolveResource(
                  camel, "file:" + root.resolve("routes/" + file + ".camel.yaml")));
    }
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:committed-elsewhere")
                .process(committing)
                .to("direct:rules.evaluate")
                .setHeader("after", constant("yes"));
            from("direct:caller").to("direct:rules.evaluate").setHeader("after", constant("yes"));
          }
        });
    camel.start();
  }

  @AfterEach
  void stop() {
    camel.stop();
    writer.shutdownNow();
  }

  @Test
  void telemetryGoesOnUnchangedAndItsEventIsRecorded() {
    Telemetry telemetry = hotBearing(device);
    Exchange after =
        camel
            .createProducerTemplate()
            .send("direct:caller", e -> e.getMessage().setBody(telemetry));
    assertThat(after.getException()).isNull();
    assertThat(after.getMessage().getBody()).isSameAs(telemetry);
    assertThat(after.getMessage().getHeader("after")).isEqualTo("yes");
    assertThat(TestDatabase.count(acting.dataSource, tenant, "select count(*) from events"))
        .isEqualTo(1);
  }

  @Test
  void everyMessageOfAListIsLookedAt() {
    String other = TestDatabase.device(tenant, "PUMP-10", "pump", "One");
    Exchange after =
        camel
            .createProducerTemplate()
            .send(
                "direct:caller",
                e -> e.getMessage().setBody(List.of(hotBearing(device), hotBearing(other))));
    assertThat(after.getException()).isNull();
    assertThat(
            TestDatabase.count(
                acting.dataSource, tenant, "select count(distinct device_id) from events"))
        .isEqualTo(2);
    assertThat(meters.counter("hub.rules.failures").count()).isZero();
  }

  @Test
  void itEndsAlsoWhenTheCommitIsToldByAnotherThread() throws Exception {
    for (int message = 0; message < 3; message++) {
      Telemetry telemetry = hotBearing(device);
      Exchange after =
          camel
              .createProducerTemplate()
              .asyncSend("direct:committed-elsewhere", e -> e.getMessage().setBody(telemetry))
              .get(20, TimeUnit.SECONDS);
      assertThat(after.getException()).isNull();
      assertThat(after.getMessage().getHeader("after")).isEqualTo("yes");
    }
  }

  @Test
  void aFailureOfTheRulesIsCountedAndNeverFailsTheTelemetry() {
    Telemetry broken = hotBearing("not-a-uuid");
    Exchange after =
        camel.createProducerTemplate().send("direct:caller", e -> e.getMessage().setBody(broken));
    assertThat(after.getException()).isNull();
    assertThat(after.getMessage().getHeader("after")).isEqualTo("yes");
    assertThat(meters.counter("hub.rules.failures").count()).isEqualTo(1);
  }

  private Telemetry hotBearing(String id) {
    Instant now = Instant.now();
    return new Telemetry(
        tenant,
        id,
        "test",
        List.of(
            Measurement.of("bearing_temp", now.minusSeconds(900), 40, "Cel"),
            Measurement.of("bearing_temp", now, 70, "Cel")));
  }
}
