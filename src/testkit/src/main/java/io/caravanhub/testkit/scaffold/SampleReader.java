package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.testkit.scaffold.RequestDraft.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sorts samples into requests: whole answers with lists of devices, and single parts of them. Those
 * of one shape are cases of one request.
 */
final class SampleReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_OF_A_SAMPLE = 8;
  private static final double SAME_SHAPE = 0.5;

  private final ConnectorDraft draft;

  SampleReader(ConnectorDraft draft) {
    this.draft = draft;
  }

  void read(List<Path> samples) throws IOException {
    List<Path> single = new ArrayList<>();
    for (Path sample : samples) {
      JsonNode document = document(sample);
      DeviceList list = DeviceList.in(document).orElse(null);
      if (list == null) {
        single.add(sample);
      } else {
        take(stem(sample), document, list);
      }
    }
    for (Path sample : single) {
      takeSingle(stem(sample), document(sample));
    }
  }

  private static JsonNode document(Path sample) throws IOException {
    try {
      JsonNode document = JSON.readTree(sample.toFile());
      if (document.isContainerNode() && !document.isEmpty()) {
        return document;
      }
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(
          sample + ":" + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
    }
    throw new IOException(sample + ": expected a JSON object or array with something in it");
  }

  private static String stem(Path sample) {
    return Names.slug(sample.getFileName().toString().replaceFirst("\\.json$", ""), "sample");
  }

  private void take(String name, JsonNode document, DeviceList list) {
    RequestDraft request = ofShape(list.items(), list.parts().get(0));
    if (request == null) {
      String last = Leaves.last(list.items().replaceAll("/\\*$", ""));
      String called =
          unused(Names.wraps(last) ? name.replaceFirst("-?\\d*$", "") : Names.slug(last, name));
      request = new RequestDraft(called, "/" + called, list.items(), list.device());
      draft.requests.add(request);
      draft.byHand.add(
          "cloud.yaml: the path of the request " + called + " (now a guess: " + request.path + ")");
    }
    add(request, name, list.parts());
    if (request.answer == null) {
      request.answer = document;
      if (request.device.isEmpty()) {
        request.device = list.device();
      }
    }
  }

  private void takeSingle(String name, JsonNode part) {
    RequestDraft request = ofShape(null, part);
    if (request == null) {
      DeviceList alone = DeviceList.single(part);
      RequestDraft parents =
          draft.requests.stream()
              .filter(r -> r.each == null && !r.idPointer().isEmpty())
              .findFirst()
              .orElse(null);
      if (parents == null) {
        request = new RequestDraft("units", "/units", "/units", alone.device());
        draft.byHand.add(
            "cloud.yaml: where the devices are in a whole answer (path and items of the request units are guesses)");
        if (alone.device().isEmpty()) {
          draft.byHand.add(
              "cloud.yaml: what tells one device from another (device of the request units)");
        }
      } else {
        String called = unused(name.replaceFirst("-?\\d*$", ""));
        String id = parents.idPointer();
        request =
            new RequestDraft(
                called, parents.path + "/{" + id + "}/" + called, "", "{parent" + id + "}");
        request.each = parents.name;
        draft.byHand.add(
            "cloud.yaml: the path of the request "
                + called
                + " for one device (now a guess: "
                + request.path
                + ")");
      }
      draft.requests.add(request);
    }
    add(request, name, List.of(part));
  }

  private String unused(String name) {
    String wanted = name.isEmpty() ? "units" : name;
    String free = wanted;
    for (int i = 2; ; i++) {
      String now = free;
      if (draft.requests.stream().noneMatch(r -> r.name.equals(now))) {
        return free;
      }
      free = wanted + "-" + i;
    }
  }

  private static void add(RequestDraft request, String name, List<JsonNode> parts) {
    int number = 0;
    for (JsonNode part : parts) {
      if (number++ < MOST_OF_A_SAMPLE) {
        request.parts.add(new Part(parts.size() == 1 ? name : name + "-" + number, part));
      }
    }
  }

  /** The request whose parts look like this one; a null pointer fits any. */
  private @Nullable RequestDraft ofShape(@Nullable String items, JsonNode part) {
    for (RequestDraft request : draft.requests) {
      boolean there = items == null || request.items.equals(items);
      JsonNode like = request.example();
      if (there && like != null && alike(like, part)) {
        return request;
      }
    }
    return null;
  }

  static boolean alike(JsonNode one, JsonNode other) {
    Set<String> all = new HashSet<>(Leaves.of(one).keySet());
    Set<String> both = new HashSet<>(all);
    both.retainAll(Leaves.of(other).keySet());
    all.addAll(Leaves.of(other).keySet());
    return !all.isEmpty() && both.size() >= SAME_SHAPE * all.size();
  }
}
