package io.caravanhub.core.bacnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Reads many properties of one device in as few requests as it can take. A device that knows no
 * ReadPropertyMultiple, or has no room for the answer (clause 20.1.9: buffer-overflow,
 * segmentation-not-supported and apdu-too-long), is asked for less at a time, in the end for one,
 * four of these at a time; what it could take is remembered for this connection. Another abort is
 * got over by halves, and says nothing of the next request. Safe for many threads.
 */
final class PropertyReader {
  private static final int LARGEST_GROUP = 200;
  private static final int WINDOW = 4;
  private static final int OCTETS_OF_A_RESULT = 16;
  private static final int HEADER = 16;
  private static final int UNRECOGNIZED_SERVICE = 9;
  private static final Set<Integer> NO_ROOM = Set.of(1, 4, 11);

  private final BacnetDevice device;
  private final Map<BacnetAddress, Integer> learnt;
  private volatile int groupSize;

  /**
   * @param learnt devices that know no ReadPropertyMultiple, over all connections to them
   */
  PropertyReader(BacnetDevice device, Map<BacnetAddress, Integer> learnt) {
    this.device = device;
    this.learnt = learnt;
    IAm identity = device.identity();
    int fitting = (Math.min(identity.maxApdu(), 1476) - HEADER) / OCTETS_OF_A_RESULT;
    int size = identity.sendsSegments() ? LARGEST_GROUP : Math.max(1, fitting);
    groupSize = Math.min(size, learnt.getOrDefault(identity.address(), size));
  }

  /** How many requests after one another so many properties take. */
  int rounds(int properties) {
    int atATime = groupSize == 1 ? WINDOW : groupSize;
    return (properties + atATime - 1) / atATime;
  }

  CompletableFuture<List<PropertyResult>> read(List<PropertyReference> references) {
    return from(references, 0, new ArrayList<>());
  }

  private CompletableFuture<List<PropertyResult>> from(
      List<PropertyReference> references, int start, List<PropertyResult> results) {
    if (start >= references.size()) {
      return CompletableFuture.completedFuture(List.copyOf(results));
    }
    if (groupSize == 1) {
      return singles(references.subList(start, references.size()), 0, results);
    }
    int size = Math.min(groupSize, references.size() - start);
    List<PropertyReference> group = references.subList(start, start + size);
    byte[] request = PropertyAccess.readMultiple(group);
    while (size > 1 && request.length + 4 > Math.min(device.identity().maxApdu(), 1476)) {
      size = size / 2;
      group = references.subList(start, start + size);
      request = PropertyAccess.readMultiple(group);
    }
    CompletableFuture<List<PropertyResult>> asked =
        size == 1 ? single(group.get(0)) : multiple(group, request);
    int next = start + size;
    return asked.thenCompose(
        some -> {
          results.addAll(some);
          return from(references, next, results);
        });
  }

  private CompletableFuture<List<PropertyResult>> multiple(
      List<PropertyReference> group, byte[] request) {
    return BacnetDevice.recover(
        device
            .request(Service.READ_PROPERTY_MULTIPLE, request)
            .thenApply(content -> matched(group, content)),
        refusal -> refused(group, refusal));
  }

  private CompletableFuture<List<PropertyResult>> refused(
      List<PropertyReference> group, BacnetException refusal) {
    if (!refusal.isRefusal()) {
      return BacnetDevice.failed(refusal);
    }
    boolean unknownService =
        refusal.kind() == BacnetException.Kind.REJECT && refusal.code() == UNRECOGNIZED_SERVICE;
    if (unknownService) {
      groupSize = 1;
      learnt.put(device.address(), 1);
    } else if (refusal.kind() == BacnetException.Kind.ABORT) {
      if (!NO_ROOM.contains(refusal.code())) {
        return halves(group);
      }
      groupSize = Math.max(1, Math.min(groupSize, group.size() / 2));
      return from(group, 0, new ArrayList<>());
    }
    // An Error to the whole is how some devices say that one property is not there.
    return singles(group, 0, new ArrayList<>());
  }

  private CompletableFuture<List<PropertyResult>> halves(List<PropertyReference> group) {
    int middle = group.size() / 2;
    return part(group.subList(0, middle))
        .thenCompose(
            first ->
                part(group.subList(middle, group.size()))
                    .thenApply(second -> Stream.of(first, second).flatMap(List::stream).toList()));
  }

  private CompletableFuture<List<PropertyResult>> part(List<PropertyReference> group) {
    return group.size() == 1
        ? single(group.get(0))
        : multiple(group, PropertyAccess.readMultiple(group));
  }

  private CompletableFuture<List<PropertyResult>> singles(
      List<PropertyReference> group, int at, List<PropertyResult> results) {
    if (at == group.size()) {
      return CompletableFuture.completedFuture(List.copyOf(results));
    }
    int end = Math.min(group.size(), at + WINDOW);
    List<CompletableFuture<List<PropertyResult>>> asked =
        group.subList(at, end).stream().map(this::single).toList();
    return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
        .thenCompose(
            all -> {
              asked.forEach(one -> results.addAll(one.join()));
              return singles(group, end, results);
            });
  }

  private CompletableFuture<List<PropertyResult>> single(PropertyReference reference) {
    return BacnetDevice.recover(
        device.read(reference).thenApply(values -> List.of(PropertyResult.of(reference, values))),
        refusal ->
            refusal.isRefusal()
                ? CompletableFuture.completedFuture(
                    List.of(PropertyResult.failed(reference, refusal)))
                : BacnetDevice.failed(refusal));
  }

  private static List<PropertyResult> matched(List<PropertyReference> group, byte[] content) {
    Map<PropertyReference, PropertyResult> answered;
    try {
      answered = PropertyAccess.readMultipleAnswer(content);
    } catch (BacnetFormatException e) {
      throw new CompletionException(BacnetDevice.unreadable(e));
    }
    List<PropertyResult> results = new ArrayList<>();
    for (PropertyReference asked : group) {
      PropertyResult result = answered.get(asked);
      results.add(
          result != null
              ? result
              : PropertyResult.failed(
                  asked, BacnetException.answer("the device left it out of its answer")));
    }
    return results;
  }
}
