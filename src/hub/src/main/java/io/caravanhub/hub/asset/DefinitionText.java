package io.caravanhub.hub.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Definitions in JSON, and in YAML for those who keep them in files. Thread-safe. */
@Component("definitionText")
public class DefinitionText {
  private static final int LONGEST = 256 * 1024;

  private final ObjectMapper json;
  private final Answers answers;
  private final YAMLMapper yaml =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  DefinitionText(ObjectMapper json, Answers answers) {
    this.json = json;
    this.answers = answers;
  }

  /** A definition out of a request; YAML when its content type says so. */
  JsonNode read(Exchange exchange, byte @Nullable [] body) {
    String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
    boolean isYaml = type.toLowerCase(Locale.ROOT).contains("yaml");
    byte[] given = body == null ? new byte[0] : body;
    if (given.length > LONGEST) {
      throw ProblemException.tooLarge("body", "a definition has at most " + LONGEST + " bytes");
    }
    try {
      return (isYaml ? yaml : json).readTree(given);
    } catch (JsonProcessingException e) {
      String at =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw ProblemException.badField(
          "body",
          "is not "
              + (isYaml ? "YAML: " : "JSON: ")
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + at);
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
  }

  /** Answers a {@link DefinitionView}; with {@code format=yaml} the bare definition as YAML. */
  public void write(Exchange exchange) throws JsonProcessingException {
    Message message = exchange.getMessage();
    boolean isYaml = "yaml".equals(message.getHeader("format", String.class));
    DefinitionView view = message.getBody(DefinitionView.class);
    answers.write(exchange);
    if (isYaml) {
      message.setHeader(Exchange.CONTENT_TYPE, "application/yaml");
      message.setBody(yaml.writeValueAsBytes(view.definition()));
    }
  }
}
