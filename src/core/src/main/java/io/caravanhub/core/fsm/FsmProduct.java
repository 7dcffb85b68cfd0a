package io.caravanhub.core.fsm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field-service product as {@code fsm.yaml} in its adapter's folder declares it. Texts with
 * {@code {name}} in them are filled in for each call, see {@link FsmFacts}.
 *
 * @param settings JSON Schema of a connection's settings; {@code format: password} is a secret
 * @param system the settings that say which system it is, and where in it the orders are: another
 *     value is another system, unless a person says that it has only moved
 * @param base what every path is appended to: {@code {url}}
 * @param page address of an order's page for people, with {@code {id}} in it
 * @param headers sent with every call
 * @param auth how the hub says who it is, as in a connector's {@code cloud.yaml}
 * @param credentials secrets that the mappings of bodies may see as {@code $credentials}
 * @param timeout of a whole call, from connecting to the last byte of the answer
 * @param check a call that changes nothing and answers only a good connection
 * @param asset finds the product's own asset behind the hub's
 * @param kinds by kind of action, for instance {@code work_order}
 * @param instead kinds that the product has not, and as which of its own they are made: {@code
 *     task: work_order}
 * @param orders file of the mapping from an answer to its orders
 * @param states the product's words and the states they mean
 * @param errors what answers mean that do not mean the usual; the first that fits
 * @param changes finds the orders that have changed since a moment
 * @param callback how the product tells of changes by itself
 */
public record FsmProduct(
    String title,
    @Nullable String description,
    @Nullable String provider,
    JsonNode settings,
    List<String> system,
    String base,
    @Nullable String page,
    Map<String, String> headers,
    JsonNode auth,
    List<String> credentials,
    Limits limits,
    Duration timeout,
    @Nullable FsmCall check,
    @Nullable FsmCall asset,
    Map<String, Kind> kinds,
    Map<String, String> instead,
    @Nullable String orders,
    Map<String, FsmState> states,
    List<ErrorRule> errors,
    @Nullable Changes changes,
    @Nullable Callback callback) {

  /** How a create that may have arrived is kept from making a second order. */
  public enum Idempotency {
    /** The create itself may be repeated: the product knows the order by a key of the hub's. */
    UPSERT,
    /** The product is asked for the order before the create is repeated. */
    LOOKUP,
    /** Neither: a person decides about a create that may have arrived. */
    NONE
  }

  /**
   * What the product takes at most.
   *
   * @param perSecond calls begun a second
   * @param atOnce calls under way
   */
  public record Limits(
      @JsonProperty("per_second") double perSecond, @JsonProperty("at_once") int atOnce) {
    public Limits {
      FsmProductFile.demand(perSecond >= 0, "limits/per_second", "expected a number, 0 for none");
      FsmProductFile.demand(atOnce >= 0 && atOnce <= 64, "limits/at_once", "expected 1 to 64");
      perSecond = perSecond == 0 ? 1_000 : perSecond;
      atOnce = atOnce == 0 ? 8 : atOnce;
    }
  }

  /**
   * The calls for one kind of action.
   *
   * @param settle how long after a create of unknown fate an absent order may still appear
   * @param create makes the order
   * @param find finds it by the hub's identifier
   * @param open finds the open orders of an asset, whoever made them
   * @param read reads one by the product's id; without it {@code find} is used
   * @param append adds evidence to one, and raises its priority
   */
  public record Kind(
      Idempotency idempotency,
      Duration settle,
      FsmCall create,
      @Nullable FsmCall find,
      @Nullable FsmCall open,
      @Nullable FsmCall read,
      @Nullable FsmCall append) {
    public Kind {
      FsmProductFile.demand(create != null, "kinds/create", "is missing");
      FsmProductFile.demand(
          idempotency != null, "kinds/idempotency", "expected UPSERT, LOOKUP or NONE");
      FsmProductFile.demand(
          idempotency != Idempotency.LOOKUP || find != null, "kinds/find", "LOOKUP needs it");
      settle = settle == null ? Duration.ZERO : settle;
    }
  }

  /**
   * What an answer means that does not mean the usual.
   *
   * @param status a number such as 500, or a class such as 5xx
   * @param at JSON Pointer to something that must be there and not empty
   * @param matches regular expression that is found at that place, or in the text of the answer
   * @param means what it means
   * @param pause how long to wait when the answer does not say
   */
  public record ErrorRule(
      String status,
      @Nullable String at,
      @Nullable String matches,
      FsmAnswer.Outcome means,
      @Nullable Duration pause) {
    public ErrorRule {
      FsmProductFile.demand(
          status != null && status.matches("[1-5](\\d\\d|xx)"),
          "errors/status",
          "expected 500 or 5xx");
      FsmProductFile.demand(means != null, "errors/means", "is missing");
    }
  }

  /**
   * Asks for what has changed.
   *
   * @param call with {@code {since}}, {@code {page}} in it
   * @param overlap asked for again each time, for clocks that differ and writes under way
   * @param size of a full page, after which another is asked for; 0 when there is only one
   */
  public record Changes(FsmCall call, Duration every, Duration overlap, int size) {
    public Changes {
      FsmProductFile.demand(call != null, "changes/call", "is missing");
      every = every == null ? Duration.ofSeconds(30) : every;
      overlap = overlap == null ? Duration.ofMinutes(2) : overlap;
    }
  }

  /**
   * A word from the product that something has changed. It is only a hint: the order is read.
   *
   * @param signature as the annotations {@code caravanhub.io/webhook.*} of a kamelet, without that
   *     prefix
   * @param secret name of the setting with the shared secret
   * @param delivery header with the id of the delivery; without it the body tells them apart
   * @param order JSON Pointer to the product's id of the order
   * @param external JSON Pointer to the hub's identifier
   */
  public record Callback(
      Map<String, String> signature,
      String secret,
      @Nullable String delivery,
      @Nullable String order,
      @Nullable String external) {
    public Callback {
      FsmProductFile.demand(
          order != null || external != null, "callback/order", "expected a JSON Pointer");
      FsmProductFile.demand(
          signature != null && secret != null, "callback/signature", "is missing");
    }
  }

  public FsmProduct {
    FsmProductFile.demand(title != null, "title", "is missing");
    FsmProductFile.demand(kinds != null && !kinds.isEmpty(), "kinds", "expected at least one");
    base = base == null ? "{url}" : base;
    headers = headers == null ? Map.of() : Map.copyOf(headers);
    auth = auth == null ? MissingNode.getInstance() : auth;
    settings = settings == null ? MissingNode.getInstance() : settings;
    for (String name : system == null ? List.<String>of() : system) {
      FsmProductFile.demand(
          settings.path("properties").has(name), "system", "there is no setting " + name);
    }
    system = system == null ? List.of("url") : List.copyOf(system);
    credentials = credentials == null ? List.of() : List.copyOf(credentials);
    limits = limits == null ? new Limits(0, 0) : limits;
    timeout = timeout == null ? Duration.ofSeconds(10) : timeout;
    kinds = kinds == null ? Map.of() : Map.copyOf(kinds);
    instead = instead == null ? Map.of() : Map.copyOf(instead);
    for (Map.Entry<String, String> other : instead.entrySet()) {
      FsmProductFile.demand(
          kinds.containsKey(other.getValue()) && !kinds.containsKey(other.getKey()),
          "instead/" + other.getKey(),
          "expected a kind of the product's own, for one that it has not");
    }
    states = states == null ? Map.of() : Map.copyOf(states);
    errors = errors == null ? List.of() : List.copyOf(errors);
  }

  /** The calls for a kind of action, its own or those of the kind that it is made as. */
  public java.util.Optional<Kind> kind(String kind) {
    return java.util.Optional.ofNullable(kinds.get(instead.getOrDefault(kind, kind)));
  }

  /** The state that a word of the product means; empty for one that nobody declared. */
  public java.util.Optional<FsmState> state(String word) {
    FsmState own = states.get(word);
    return own != null ? java.util.Optional.of(own) : FsmState.ofCommon(word);
  }
}
