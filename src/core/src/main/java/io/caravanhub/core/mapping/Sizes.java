package io.caravanhub.core.mapping;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sizes of the values of one call, in values plus characters as a tree would have them. A container
 * is measured once and remembered, so that a value that holds the same part over and over (an
 * object of two references, nested twenty times) is seen for what it will be when written out.
 */
final class Sizes {
  private final long limit;
  private @Nullable IdentityHashMap<Object, Long> known;

  Sizes(long limit) {
    this.limit = limit;
  }

  /** The value's size; a {@link BoundsExceeded} when it is over the limit. */
  long check(@Nullable Object value) {
    long size = size(value);
    if (size > limit) {
      throw tooLarge();
    }
    return size;
  }

  BoundsExceeded tooLarge() {
    return new BoundsExceeded("made a value larger than " + limit + " values and characters");
  }

  private long size(@Nullable Object value) {
    if (value instanceof CharSequence text) {
      return text.length();
    }
    if (value instanceof Map<?, ?> map) {
      return container(map, map.values());
    }
    if (value instanceof List<?> list) {
      return container(list, list);
    }
    return 1;
  }

  private long container(Object container, Collection<?> children) {
    if (children.size() > limit) {
      throw tooLarge();
    }
    if (known == null) {
      known = new IdentityHashMap<>();
    }
    Long before = known.get(container);
    if (before != null) {
      return before;
    }
    long size = 1;
    for (Object child : children) {
      size += size(child);
      if (size > limit) {
        throw tooLarge();
      }
    }
    known.put(container, size);
    return size;
  }
}
