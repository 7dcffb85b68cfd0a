package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of channels; what each has to be told is in {@code notifications/channels.yaml}. */
enum ChannelKind {
  SMTP(true),
  SMS(true),
  SLACK(false),
  TEAMS(false),
  PAGERDUTY(false),
  IN_APP(true);

  private static final JsonNode SETTINGS = settings();

  private final boolean personal;

  ChannelKind(boolean personal) {
    this.personal = personal;
  }

  /** Whether it writes to addresses of people; the others have one place where all of them look. */
  boolean isPersonal() {
    return personal;
  }

  /** As the API and the database name it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** JSON Schema of the settings. */
  JsonNode schema() {
    return SETTINGS.path(label());
  }

  /** What the API names so; 400 when there is none. */
  static ChannelKind of(String field, String label) {
    return Arrays.stream(values())
        .filter(k -> k.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badField(
                    field,
                    "expected one of "
                        + Arrays.stream(values())
                            .map(ChannelKind::label)
                            .collect(Collectors.joining(", "))));
  }

  private static JsonNode settings() {
    try (InputStream yaml = ChannelKind.class.getResourceAsStream("/notifications/channels.yaml")) {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
