package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.suggest.Suggestion;
import io.caravanhub.testkit.connector.YamlText;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import io.caravanhub.testkit.scaffold.AuthDraft.Setting;
import io.caravanhub.testkit.scaffold.RequestDraft.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Writes a draft as a connector's folder. Belongs to one thread. */
final class DraftFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final String name;
  private final ConnectorDraft draft;
  private final List<Path> written = new ArrayList<>();

  DraftFiles(Path folder, String name, ConnectorDraft draft) {
    this.folder = folder;
    this.name = name;
    this.draft = draft;
  }

  List<Path> writePoll() throws IOException {
    mappings();
    template("poll", name + "-source.kamelet.yaml", settings("      "));
    template("poll", name + ".camel.yaml", Map.of("@settings@\n", routeSettings()));
    write(
        "cloud.yaml",
        "# What the hub asks the "
            + title()
            + " cloud. docs/CONNECTORS.md has every word of it.\n"
            + YamlText.of(cloud()));
    write(
        "samples/cloud.yaml",
        "# The "
            + title()
            + " cloud as the kit plays it.\n"
            + YamlText.of(new ScriptDraft(draft, path(draft.base)).write()));
    leftOver();
    readme("poll");
    expected();
    return written;
  }

  List<Path> writeWebhook() throws IOException {
    mappings();
    RequestDraft body = draft.requests.get(0);
    template(
        "webhook",
        name + "-source.kamelet.yaml",
        Map.of("@items@", body.items, "@device@", body.device));
    template("webhook", name + ".camel.yaml", Map.of());
    if (!body.items.isEmpty()) {
      write("samples/webhook/body.json", pretty(new ScriptDraft(draft, "").answer(body)));
    }
    leftOver();
    readme("webhook");
    expected();
    return written;
  }

  /** Decides what each request is mapped by, and writes mappings and samples. */
  private void mappings() throws IOException {
    boolean telemetry = false;
    for (RequestDraft request : draft.requests) {
      List<JsonNode> parts = jsons(request);
      Suggestion suggestion = MappingDraft.telemetry(parts).orElse(null);
      if (suggestion != null) {
        request.mapping = telemetry ? request.name : "telemetry";
        telemetry = true;
        String table = suggestion.fields();
        write(
            request.mapping + (table == null ? ".jsonata" : ".fields.yaml"),
            table == null ? String.valueOf(suggestion.jsonata()) : table);
        if (suggestion.timestamp() == null) {
          draft.byHand.add(
              request.mapping
                  + ": no time of measurement was found; the time of receipt counts, and what comes twice is stored twice");
        }
      }
    }
    if (!telemetry) {
      throw new IOException("nothing in the samples looks like a reading");
    }
    about();
    for (RequestDraft request : draft.requests) {
      for (Part part : request.parts) {
        if (request.mapping != null || request.inventory) {
          sample(ScriptDraft.sampleFile(request, part), part);
        }
      }
    }
  }

  /** Numbers that are names of something are no readings. */
  private void leftOver() throws IOException {
    Set<String> ids = new TreeSet<>();
    for (RequestDraft request : draft.requests) {
      for (Part part : request.mapping == null ? List.<Part>of() : request.parts) {
        Leaves.of(part.json())
            .forEach(
                (pointer, value) -> {
                  if (value.isNumber() && Names.isId(Leaves.last(pointer))) {
                    ids.add(String.join(".", Leaves.names(pointer)) + "  names something");
                  }
                });
      }
    }
    if (!ids.isEmpty()) {
      write("samples/left-over.txt", String.join("\n", ids) + "\n");
    }
  }

  private void about() throws IOException {
    if (draft.polls) {
      RequestDraft who =
          draft.requests.stream()
              .filter(r -> r.each == null && MappingDraft.knowsDevices(jsons(r)))
              .findFirst()
              .orElse(draft.requests.get(0));
      who.inventory = true;
      write("inventory.jsonata", MappingDraft.inventory(jsons(who), title()));
      sample("inventory.unit.json", who.parts.get(0));
      for (RequestDraft request : draft.requests) {
        String faults = request.mapping == null ? null : MappingDraft.faults(jsons(request));
        if (faults != null) {
          request.faults = true;
          write("faults.jsonata", faults);
          List<Part> telling =
              request.parts.stream().filter(p -> MappingDraft.namesFaults(p.json())).toList();
          for (Part part : telling.isEmpty() ? request.parts.subList(0, 1) : telling) {
            sample("faults." + part.name() + ".json", part);
          }
          draft.byHand.add("faults.jsonata: severity and text of each code");
          return;
        }
      }
      draft.byHand.add(
          "faults.jsonata: no field with faults was found; write one if the cloud tells any");
    }
  }

  private static List<JsonNode> jsons(RequestDraft request) {
    return request.parts.stream().map(Part::json).toList();
  }

  private void sample(String file, Part part) throws IOException {
    write("samples/in/" + file, pretty(part.json()));
  }

  private static String pretty(Object json) throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private Map<String, Object> cloud() {
    Map<String, Object> cloud = new LinkedHashMap<>();
    cloud.put("base", draft.base);
    cloud.put("interval", "PT5M");
    cloud.put("auth", draft.auth.declared());
    List<Object> requests = new ArrayList<>();
    for (RequestDraft draft : draft.requests) {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("name", draft.name);
      if (draft.each != null) {
        request.put("each", draft.each);
      }
      request.put("path", draft.path);
      putIf(request, "query", draft.query);
      if (!draft.items.isEmpty()) {
        request.put("items", draft.items);
      }
      if (!draft.device.isEmpty()) {
        request.put("device", draft.device);
      }
      if (draft.mapping != null) {
        request.put("mapping", draft.mapping);
      }
      if (draft.inventory) {
        request.put("inventory", "inventory");
      }
      if (draft.faults) {
        request.put("faults", "faults");
      }
      putIf(request, "page", draft.page);
      putIf(request, "since", draft.since);
      requests.add(request);
    }
    cloud.put("requests", requests);
    return cloud;
  }

  private static void putIf(Map<String, Object> target, String key, Map<String, ?> value) {
    if (!value.isEmpty()) {
      target.put(key, value);
    }
  }

  private Map<String, String> settings(String indent) {
    StringBuilder properties = new StringBuilder();
    StringBuilder required = new StringBuilder();
    for (Setting setting : draft.auth.settings()) {
      required.append(indent).append("- ").append(setting.name()).append('\n');
      properties.append(indent).append(setting.name()).append(":\n");
      String in = indent + "  ";
      properties.append(in).append("title: ").append(setting.title()).append('\n');
      properties.append(in).append("description: ").append(setting.description()).append('\n');
      properties.append(in).append("type: string\n");
      if (setting.secret()) {
        properties.append(in).append("format: password\n");
        properties.append(in).append("x-descriptors:\n");
        properties.append(in).append("  - urn:camel:group:credentials\n");
      }
    }
    boolean none = draft.auth.settings().isEmpty();
    return Map.of(
        "@required@\n", none ? "" : "    required:\n" + required,
        "@properties@\n", none ? "    properties: {}\n" : "    properties:\n" + properties);
  }

  private String routeSettings() {
    StringBuilder text = new StringBuilder();
    draft
        .auth
        .settings()
        .forEach(s -> text.append("        ").append(s.name()).append(": of-the-connection\n"));
    return text.toString();
  }

  private void readme(String type) throws IOException {
    StringBuilder todo = new StringBuilder();
    draft.byHand.forEach(line -> todo.append("- [ ] ").append(line).append('\n'));
    StringBuilder asked = new StringBuilder();
    for (RequestDraft request : draft.requests) {
      asked.append("`").append(request.path).append("` ");
    }
    String credentials =
        String.join(", ", draft.auth.settings().stream().map(s -> "`" + s.name() + "`").toList());
    template(
        type,
        "README.md",
        Map.of(
            "@todo@\n",
            todo.toString(),
            "@asked@",
            asked.toString().strip(),
            "@device@",
            draft.requests.get(0).device.isEmpty() ? "not found" : draft.requests.get(0).device,
            "@credentials@",
            credentials.isEmpty() ? "none" : credentials));
  }

  private void template(String type, String file, Map<String, String> places) throws IOException {
    String resource = type + "/" + file.replace(name, "NAME");
    try (InputStream in = DraftFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the kit lacks its template " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> place : places.entrySet()) {
        text = text.replace(place.getKey(), place.getValue());
      }
      write(file, text.replace("@name@", name).replace("@Name@", title()));
    }
  }

  /** What the draft makes of its samples, to be looked at. */
  private void expected() throws IOException {
    for (GoldenCase golden : GoldenFiles.ofConnector(folder)) {
      write(folder.relativize(golden.expected()).toString(), pretty(golden.result()));
    }
  }

  private void write(String file, String text) throws IOException {
    Path target = folder.resolve(file);
    Files.createDirectories(target.toAbsolutePath().getParent());
    written.add(Files.writeString(target, text));
  }

  static String path(String base) {
    return base.replaceFirst("^https?://[^/]+", "").replaceFirst("/+$", "");
  }

  private String title() {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
