package io.caravanhub.core.fsm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudDeclarationException;
import io.caravanhub.core.cloud.TokenLogin;
import io.caravanhub.core.webhook.WebhookScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads an adapter's folder. Stateless; errors name the place and what was expected there. */
public final class FsmProductFile {
  /** The declaration's name in the folder. */
  public static final String NAME = "fsm.yaml";

  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .registerModule(new SimpleModule().addDeserializer(Duration.class, new Durations()));

  private FsmProductFile() {}

  /**
   * Reads the declaration and compiles the mappings it names.
   *
   * @throws FsmDeclarationException when it cannot be used
   */
  public static FsmAdapter read(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      FsmProduct product = YAML.readValue(Files.readString(file), FsmProduct.class);
      TokenLogin.of(product.auth(), NOBODY, Clock.systemUTC());
      scheme(product);
      return new FsmAdapter(
          folder.getFileName().toString(), product, FsmMappings.of(folder, product));
    } catch (JsonMappingException e) {
      Throwable cause = e.getCause();
      throw new FsmDeclarationException(
          NAME + " " + pointer(e),
          cause instanceof FsmDeclarationException
              ? String.valueOf(cause.getMessage())
              : e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      throw new FsmDeclarationException(NAME, "is not YAML: " + first(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new FsmDeclarationException(NAME, "cannot be read: " + e.getMessage());
    } catch (CloudDeclarationException | IllegalArgumentException e) {
      throw new FsmDeclarationException(NAME, String.valueOf(e.getMessage()));
    }
  }

  /** How the product signs its callbacks, or null when it sends none. */
  static @Nullable WebhookScheme scheme(FsmProduct product) {
    if (product.callback() == null) {
      return null;
    }
    Map<String, String> annotations = new HashMap<>();
    product
        .callback()
        .signature()
        .forEach((name, value) -> annotations.put("caravanhub.io/webhook." + name, value));
    return WebhookScheme.read(annotations);
  }

  static void demand(boolean kept, String field, String problem) {
    if (!kept) {
      throw new FsmDeclarationException(field, problem);
    }
  }

  private static String pointer(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? Integer.toString(r.getIndex()) : r.getFieldName())
        .collect(Collectors.joining("/", "/", ""));
  }

  private static String first(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("");
  }

  private static final CloudAccess NOBODY =
      new CloudAccess() {
        @Override
        public @Nullable String value(String name) {
          return null;
        }

        @Override
        public void renew(Map<String, String> credentials) {}
      };

  /** ISO 8601 durations. */
  private static final class Durations extends StdDeserializer<Duration> {
    private static final long serialVersionUID = 1L;

    Durations() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(
        com.fasterxml.jackson.core.JsonParser parser,
        com.fasterxml.jackson.databind.DeserializationContext context)
        throws IOException {
      try {
        return Duration.parse(parser.getText());
      } catch (DateTimeParseException e) {
        throw JsonMappingException.from(
            parser, "expected an ISO 8601 duration such as PT30S, got " + parser.getText());
      }
    }
  }
}
