package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.database.TenantScope;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Lines of a log in JSON, by the encoder of logback-json.xml and the settings as shipped. */
class JsonLogTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final LoggerContext context = new LoggerContext();
  private final Logger log = context.getLogger("io.caravanhub.Test");

  @BeforeEach
  void start() throws Exception {
    StandardEnvironment environment = new StandardEnvironment();
    for (PropertySource<?> source :
        new YamlPropertySourceLoader()
            .load("application", new ClassPathResource("application.yaml"))) {
      environment.getPropertySources().addLast(source);
    }
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.putObject(Environment.class.getName(), environment);
    StructuredLogEncoder encoder = new StructuredLogEncoder();
    encoder.setContext(context);
    encoder.setFormat("logstash");
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(written);
    appender.start();
    log.addAppender(appender);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void aLineIsOneObjectWithTheTenantThatIsWorkedFor() throws Exception {
    TenantScope.run("acme", () -> log.info("two\nlines"));
    log.info("nobody's");

    List<JsonNode> lines = lines();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).path("message").asText()).isEqualTo("two\nlines");
    assertThat(lines.get(0).path("level").asText()).isEqualTo("INFO");
    assertThat(lines.get(0).path("tenant").asText()).isEqualTo("acme");
    assertThat(lines.get(1).has("tenant")).isFalse();
  }

  @Test
  void aLineNamesItsOwnTenantDeviceAndAction() throws Exception {
    TenantScope.run(
        "acme",
        () ->
            log.atWarn()
                .addKeyValue(LogIds.TENANT, "umbrella")
                .addKeyValue(LogIds.DEVICE, "FAN-1")
                .addKeyValue(LogIds.ACTION, "CH-1")
                .setCause(new IllegalStateException("away"))
                .log("refused"));

    JsonNode line = lines().get(0);
    assertThat(line.path("tenant").asText()).isEqualTo("umbrella");
    assertThat(line.path("device").asText()).isEqualTo("FAN-1");
    assertThat(line.path("action").asText()).isEqualTo("CH-1");
    assertThat(line.path("stack_trace").asText()).contains("IllegalStateException: away");
  }

  @Test
  void aLineNamesTheTraceItWasWrittenIn() throws Exception {
    Context trace = Traces.read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    try (Scope scope = trace.makeCurrent()) {
      log.info("traced");
    }

    JsonNode line = lines().get(0);
    assertThat(line.path("trace_id").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(line.path("span_id").asText()).isEqualTo("b7ad6b7169203331");
  }

  @Test
  void theSettingChoosesTheEncoder() throws Exception {
    Path resources = Path.of("src/main/resources");
    assertThat(Files.readString(resources.resolve("logback-run.xml")))
        .contains("logback-${format}.xml");
    assertThat(Files.readString(resources.resolve("logback-json.xml")))
        .contains("StructuredLogEncoder")
        .contains("<format>logstash</format>");
  }

  private List<JsonNode> lines() throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : written.toString(StandardCharsets.UTF_8).split("\n")) {
      lines.add(json.readTree(line));
    }
    return lines;
  }
}
