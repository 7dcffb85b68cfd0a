package io.caravanhub.hub.notify;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is told, and who is next while nobody takes care.
 *
 * @param steps in their order; the first at once
 * @param repeats how often it begins again after the last step
 */
record Audience(UUID id, String name, List<Step> steps, int repeats) {
  Audience {
    steps = List.copyOf(steps);
  }

  /**
   * Some people and places.
   *
   * @param afterMinutes after the step before
   * @param recipients names of people
   * @param roles of people
   * @param channels names of channels that are one place, such as a room in a chat
   * @param via kinds of channels over which people are told; empty for all they have addresses for
   */
  record Step(
      @JsonProperty("after_minutes") int afterMinutes,
      Set<String> recipients,
      Set<String> roles,
      Set<String> channels,
      Set<String> via) {
    Step {
      recipients = recipients == null ? Set.of() : Set.copyOf(recipients);
      roles = roles == null ? Set.of() : Set.copyOf(roles);
      channels = channels == null ? Set.of() : Set.copyOf(channels);
      via = via == null ? Set.of() : Set.copyOf(via);
    }

    boolean names(Recipient recipient) {
      return recipient.enabled()
          && (recipients.contains(recipient.name())
              || !recipient.role().isEmpty() && roles.contains(recipient.role()));
    }
  }

  /** The step of this number, counted through all rounds; null after the last. */
  @Nullable Step step(int number) {
    return steps.isEmpty() || number >= steps.size() * (repeats + 1)
        ? null
        : steps.get(number % steps.size());
  }

  /** How long after the step before this one comes. */
  Duration wait(int number) {
    Step step = step(number);
    return Duration.ofMinutes(
        step == null ? 0 : Math.max(number == 0 ? 0 : 1, step.afterMinutes()));
  }
}
