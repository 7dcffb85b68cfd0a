package io.caravanhub.core.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of a gateway by path: {@code maps/…} (device maps), {@code mappings/…}, {@code
 * rules/…}, {@code routes/…}, {@code fieldbus.yaml} (its connections) and {@code work.yaml} (rules
 * of its local work). Immutable.
 *
 * @param files texts by path, in the order of their paths
 */
public record Bundle(SortedMap<String, String> files) {
  /** The connections. */
  public static final String FIELDBUS = "fieldbus.yaml";

  /** The rules of local work. */
  public static final String WORK = "work.yaml";

  /** No files at all. */
  public static final Bundle EMPTY = new Bundle(new TreeMap<>());

  private static final int MOST_FILES = 500;
  private static final int LARGEST_FILE = 512 * 1024;
  private static final int LARGEST = 4 * 1024 * 1024;
  private static final String SEGMENT = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";
  private static final Pattern PATH =
      Pattern.compile(
          "fieldbus\\.yaml|work\\.yaml"
              + "|maps/(SEG/){0,3}SEG\\.yaml".replace("SEG", SEGMENT)
              + "|mappings/(SEG/){0,3}SEG\\.(jsonata|yaml|json|proto|csv)".replace("SEG", SEGMENT)
              + "|rules/SEG\\.yaml".replace("SEG", SEGMENT)
              + "|routes/(SEG/){0,3}SEG\\.(camel|kamelet)\\.yaml".replace("SEG", SEGMENT));
  private static final ObjectMapper JSON = new ObjectMapper();

  public Bundle {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** A bundle of these files, whatever they hold. */
  public static Bundle of(Map<String, String> files) {
    return new Bundle(new TreeMap<>(files));
  }

  /** Names that no bundle holds, and sizes over the bounds: what must hold before it is stored. */
  public List<BundleProblem> shape() {
    List<BundleProblem> problems = new ArrayList<>();
    long size = 0;
    for (Map.Entry<String, String> file : files.entrySet()) {
      String path = file.getKey();
      if (!PATH.matcher(path).matches() || path.contains("..")) {
        problems.add(
            new BundleProblem(
                path,
                null,
                0,
                "expected fieldbus.yaml, work.yaml, maps/….yaml, mappings/…, rules/….yaml or"
                    + " routes/….camel.yaml, of letters, digits and . _ -"));
      }
      int bytes = file.getValue().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > LARGEST_FILE) {
        problems.add(new BundleProblem(path, null, 0, "has more than 512 KiB"));
      }
      if (file.getValue().indexOf('\0') >= 0) {
        problems.add(new BundleProblem(path, null, 0, "is not a text: it holds a zero byte"));
      }
      size += bytes;
    }
    if (files.size() > MOST_FILES || size > LARGEST) {
      problems.add(
          new BundleProblem("", null, 0, "a gateway has at most 500 files and 4 MiB of them"));
    }
    return problems;
  }

  /** Hex of the SHA-256 over the files as one JSON object, keys in order, no blanks, UTF-8. */
  public String sha256() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(JSON.writeValueAsBytes(files));
      return HexFormat.of().formatHex(hash);
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the files of a folder differ between the two. */
  public boolean differs(Bundle other, String folder) {
    return !files
        .subMap(folder + "/", folder + "0")
        .equals(other.files.subMap(folder + "/", folder + "0"));
  }
}
