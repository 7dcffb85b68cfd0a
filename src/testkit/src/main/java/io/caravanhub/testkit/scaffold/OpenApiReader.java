package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.testkit.scaffold.RequestDraft.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads OpenAPI 3: base, security, and the GET operations whose answers hold lists of devices or
 * the values of one. Belongs to one draft.
 */
final class OpenApiReader {
  private static final int MOST = 6;
  private static final int LARGEST = 64 * 1024 * 1024;
  private static final Pattern PLACE = Pattern.compile("\\{([^}]+)}");

  private final ConnectorDraft draft;
  private final JsonNode api;
  private final Schemas schemas;

  /** One GET operation with an example of its answer. */
  private record Operation(
      String path, JsonNode operation, JsonNode answer, boolean real, Optional<DeviceList> list) {
    List<String> places() {
      return PLACE.matcher(path).results().map(r -> r.group(1)).toList();
    }

    int rank() {
      String text = path + " " + operation.path("operationId").asText();
      int rank =
          text.matches("(?i).*(device|unit|sensor|thing|thermostat|inverter|system|station).*")
              ? 4
              : 0;
      rank +=
          text.matches(
                  "(?i).*(telemetry|latest|reading|measure|state|status|values?|metrics|data|live|current|power|energy).*")
              ? 3
              : 0;
      rank -=
          text.matches(
                  "(?i).*(user|account|token|auth|billing|webhook|alert.?rule|invite|tariff|schedule|setting|config|firmware.?update|version).*")
              ? 5
              : 0;
      return rank + (list.isPresent() ? 2 : 0) - places().size();
    }
  }

  OpenApiReader(ConnectorDraft draft, Path file) throws IOException {
    this.draft = draft;
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    ObjectMapper yaml = new ObjectMapper(YAMLFactory.builder().loaderOptions(options).build());
    ObjectMapper reader = file.toString().endsWith(".json") ? new ObjectMapper() : yaml;
    this.api = reader.readTree(file.toFile());
    if (!api.path("openapi").asText().startsWith("3")) {
      throw new IOException(file + ": expected OpenAPI 3, with \"openapi\": \"3...\" in it");
    }
    this.schemas = new Schemas(api);
  }

  void read() {
    base();
    security();
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
      JsonNode get = path.getValue().path("get");
      if (get.isObject()) {
        operation(path.getKey(), get).ifPresent(operations::add);
      }
    }
    operations.sort(Comparator.comparingInt(Operation::rank).reversed());
    List<Operation> lists =
        operations.stream().filter(o -> o.places().isEmpty() && o.list().isPresent()).toList();
    List<String> left = new ArrayList<>();
    for (Operation one : lists) {
      if (draft.requests.size() < MOST / 2 && one.rank() > 0) {
        request(one, null);
      } else {
        left.add("GET " + one.path());
      }
    }
    for (Operation one : operations) {
      if (lists.contains(one)) {
        continue;
      }
      RequestDraft parent = one.places().size() == 1 ? parent(one) : null;
      if (parent != null
          && draft.requests.size() < MOST
          && one.rank() > 0
          && (one.list().isEmpty() || !sameAs(one, parent))) {
        request(one, parent);
      } else {
        left.add("GET " + one.path());
      }
    }
    if (!left.isEmpty()) {
      draft.byHand.add(
          "cloud.yaml: operations that were left out, of which one may be needed: "
              + left.stream().limit(12).collect(Collectors.joining(", "))
              + (left.size() > 12 ? " and " + (left.size() - 12) + " more" : ""));
    }
  }

  private void base() {
    JsonNode server = api.path("servers").path(0);
    String url = server.path("url").asText("");
    for (Map.Entry<String, JsonNode> variable : server.path("variables").properties()) {
      url =
          url.replace("{" + variable.getKey() + "}", variable.getValue().path("default").asText());
    }
    if (url.matches("https?://.+")) {
      draft.base = url.replaceFirst("/+$", "");
    } else {
      draft.base = draft.base.replaceFirst("/v1$", "") + url.replaceFirst("/+$", "");
      draft.byHand.add("cloud.yaml: base, the address of the cloud (now made up)");
    }
  }

  private void security() {
    JsonNode needed = api.path("security").isMissingNode() ? firstSecurity() : api.path("security");
    JsonNode declared = api.path("components").path("securitySchemes");
    String name =
        needed.path(0).fieldNames().hasNext()
            ? needed.path(0).fieldNames().next()
            : declared.fieldNames().hasNext() ? declared.fieldNames().next() : "";
    if (name.isEmpty()) {
      draft.auth = AuthDraft.none();
      draft.byHand.add("cloud.yaml: auth (the description declares no security scheme)");
      return;
    }
    JsonNode scheme = schemas.resolved(declared.path(name));
    String kind =
        scheme.path("type").asText()
            + " "
            + scheme.path("in").asText()
            + scheme.path("scheme").asText().toLowerCase(java.util.Locale.ROOT);
    switch (kind.strip()) {
      case "apiKey header" -> draft.auth = AuthDraft.key(scheme.path("name").asText(), "", true);
      case "apiKey query" -> draft.auth = AuthDraft.key(scheme.path("name").asText(), "", false);
      case "http basic" -> draft.auth = AuthDraft.basic();
      case "http bearer" -> {
        draft.auth = AuthDraft.key("Authorization", "Bearer ", true);
        draft.byHand.add(
            "cloud.yaml: auth (the description wants a bearer token and does not say how it is had; a fixed one now)");
      }
      case "oauth2" -> oauth2(scheme.path("flows"));
      default ->
          draft.byHand.add(
              "cloud.yaml: auth (the description has "
                  + kind.strip()
                  + ", which was not understood)");
    }
  }

  private JsonNode firstSecurity() {
    for (JsonNode path : api.path("paths")) {
      if (path.path("get").path("security").size() > 0) {
        return path.path("get").path("security");
      }
    }
    return api.path("security");
  }

  private void oauth2(JsonNode flows) {
    String scope = "";
    for (JsonNode flow : flows) {
      scope =
          flow.path("scopes").properties().stream()
              .map(Map.Entry::getKey)
              .filter(s -> !s.matches("(?i).*(write|admin|control).*"))
              .collect(Collectors.joining(" "));
    }
    for (String name : List.of("clientCredentials", "authorizationCode", "password")) {
      String url = flows.path(name).path("tokenUrl").asText("");
      if (!url.isEmpty()) {
        String absolute =
            url.startsWith("http")
                ? url
                : java.net.URI.create(draft.base + "/").resolve(url).toString();
        draft.auth =
            name.equals("password")
                ? AuthDraft.password(absolute)
                : AuthDraft.oauth2(name.equals("authorizationCode"), absolute, scope);
        return;
      }
    }
    draft.byHand.add("cloud.yaml: auth (an OAuth 2 flow without a token URL)");
  }

  private Optional<Operation> operation(String path, JsonNode get) {
    JsonNode responses = get.path("responses");
    for (String status : List.of("200", "2XX", "default")) {
      JsonNode content = schemas.content(responses.path(status));
      if (content.isMissingNode()) {
        continue;
      }
      JsonNode example = schemas.example(content);
      boolean real = example.isContainerNode();
      JsonNode answer = real ? example : schemas.madeUp(content.path("schema"));
      if (answer.isContainerNode() && !answer.isEmpty()) {
        return Optional.of(new Operation(path, get, answer, real, DeviceList.in(answer)));
      }
    }
    return Optional.empty();
  }

  private @org.jspecify.annotations.Nullable RequestDraft parent(Operation one) {
    String before = one.path().substring(0, one.path().indexOf("/{"));
    return draft.requests.stream()
        .filter(r -> r.each == null && r.path.equals(before) && !r.idPointer().isEmpty())
        .findFirst()
        .orElse(null);
  }

  /** Whether it tells of one device what the list tells already. */
  private static boolean sameAs(Operation one, RequestDraft parent) {
    JsonNode like = parent.example();
    return like != null && SampleReader.alike(like, one.answer());
  }

  private void request(Operation one, @org.jspecify.annotations.Nullable RequestDraft parent) {
    DeviceList list =
        one.list()
            .filter(l -> parent == null)
            .orElse(new DeviceList("", "", List.of(one.answer())));
    String path = one.path();
    if (parent != null) {
      if (sameAs(one, parent)) {
        return;
      }
      path =
          PLACE.matcher(path).replaceAll(Matcher.quoteReplacement("{" + parent.idPointer() + "}"));
    }
    String name = name(one.path());
    RequestDraft request = new RequestDraft(name, path, list.items(), list.device());
    if (parent != null) {
      request.each = parent.name;
      request.device = "{parent" + parent.idPointer() + "}";
    }
    request.shape = list.parts().get(0);
    if (one.real()) {
      request.answer = one.answer();
      int number = 0;
      for (JsonNode part : list.parts()) {
        request.parts.add(new Part(name + "-" + ++number, part));
      }
    }
    new OpenApiQuery(draft, schemas, request)
        .read(one.path(), one.operation(), api.path("paths").path(one.path()), one.answer());
    draft.requests.add(request);
  }

  private String name(String path) {
    String plain = PLACE.matcher(path).replaceAll("").replaceAll("/+$", "");
    String name = Names.slug(plain.substring(plain.lastIndexOf('/') + 1), "devices");
    return draft.requests.stream().anyMatch(r -> r.name.equals(name))
        ? name + "-" + (draft.requests.size() + 1)
        : name;
  }
}
