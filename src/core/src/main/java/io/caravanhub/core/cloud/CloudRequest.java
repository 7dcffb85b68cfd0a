package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of a poll, and what is in its answer.
 *
 * @param name unique in the connector
 * @param each name of the request each of whose items this one is made for, or null
 * @param body JSON that is posted, its texts filled in; null for none
 * @param parts where the devices are in an answer
 * @param mapping of telemetry, known as {@code <oem>/<mapping>}; null when it holds none
 * @param inventory mapping that describes each device, or null
 * @param faults mapping that lists each device's faults, or null
 * @param every asked at most this often; zero with every poll
 * @param page how further pages are had, or null
 * @param since how only what is new is asked for, or null
 * @param conditional whether {@code If-None-Match} is sent
 */
public record CloudRequest(
    String name,
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    @Nullable JsonNode body,
    @Nullable String each,
    PartsOf parts,
    @Nullable String mapping,
    @Nullable String inventory,
    @Nullable String faults,
    Duration every,
    @Nullable Paging page,
    @Nullable Since since,
    boolean conditional) {

  /**
   * Further pages.
   *
   * @param kind {@code cursor}: the answer names the next page; {@code number}: pages are counted;
   *     {@code offset}: items are counted; {@code link}: RFC 8288 {@code Link} with rel next
   * @param query the query parameter
   * @param next JSON Pointer to the cursor
   * @param first the first number or offset
   * @param size items of a full page; a smaller one is the last
   */
  public record Paging(String kind, String query, String next, int first, int size) {}

  /**
   * Only what is new.
   *
   * @param query parameter for the watermark, inclusive or not: a repetition is harmless
   * @param until parameter for the end of the window, or empty
   * @param format {@code iso}, {@code seconds}, {@code millis} or {@code date}
   * @param at JSON Pointer to an item's time; the watermark is the newest of them
   * @param first how far back the very first poll looks
   * @param span the longest window that the cloud answers; zero for any
   * @param overlap how far behind the newest the next poll begins
   */
  public record Since(
      String query,
      String until,
      String format,
      String at,
      Duration first,
      Duration span,
      Duration overlap) {}

  public CloudRequest {
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  CloudRequest at(String other) {
    return new CloudRequest(
        name,
        method,
        other,
        query,
        headers,
        body,
        each,
        parts,
        mapping,
        inventory,
        faults,
        every,
        page,
        since,
        conditional);
  }

  /** Where the devices are: JSON Pointers in which {@code *} stands for every element or field. */
  public record PartsOf(List<String> items, String device, boolean wrap, String head) {
    /** Instead of a pointer: the document itself, also when it is a list. */
    static final String WHOLE = "whole";

    public PartsOf {
      items = List.copyOf(items);
    }
  }
}
