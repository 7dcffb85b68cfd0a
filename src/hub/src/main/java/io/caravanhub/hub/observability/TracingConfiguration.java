package io.caravanhub.hub.observability;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Traces by OTLP over HTTP, only where a setting says where to. Spans that the collector does not
 * take in time are dropped; nothing waits for them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${hub.otel.endpoint:}'.isBlank()")
class TracingConfiguration {

  @Bean
  SdkTracerProvider traceProvider(
      @Value("${hub.otel.endpoint}") String endpoint,
      @Value("${hub.otel.ratio:1}") double ratio,
      MeterRegistry meters) {
    return SdkTracerProvider.builder()
        .setResource(
            Resource.create(
                Attributes.of(
                    AttributeKey.stringKey("service.name"),
                    "caravan-hub",
                    AttributeKey.stringKey("service.instance.id"),
                    host())))
        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
        .addSpanProcessor(
            BatchSpanProcessor.builder(
                    new WatchedExporter(
                        OtlpHttpSpanExporter.builder()
                            .setEndpoint(endpoint.replaceAll("/+$", "") + "/v1/traces")
                            .setTimeout(Duration.ofSeconds(10))
                            .build(),
                        endpoint,
                        meters))
                .setScheduleDelay(Duration.ofSeconds(1))
                .setMaxQueueSize(8192)
                .build())
        .build();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  @Bean
  Traces traces(SdkTracerProvider traceProvider) {
    return new Traces(traceProvider.get("io.caravanhub.hub"));
  }

  @Bean
  TraceRoutes traceRoutes(Traces traces) {
    return new TraceRoutes(traces);
  }

  @Bean
  TraceSteps traceSteps(Traces traces) {
    return new TraceSteps(traces);
  }
}
