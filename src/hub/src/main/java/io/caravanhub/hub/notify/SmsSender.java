package io.caravanhub.hub.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.address.GatedHttp;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Any SMS gateway that takes an HTTP request: the settings hold the request with {@code {to}},
 * {@code {text}}, {@code {from}} and {@code {id}} in it, which are written as its content type
 * wants. Thread-safe.
 */
@Component
class SmsSender implements Sender {
  private static final Pattern PLACE = Pattern.compile("\\{(to|text|from|id)}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final NotifyHttp http;

  SmsSender(NotifyHttp http) {
    this.http = http;
  }

  @Override
  public ChannelKind kind() {
    return ChannelKind.SMS;
  }

  @Override
  public Outcome send(Parcel parcel) {
    String type = parcel.settings().getOrDefault("content_type", "application/json");
    int longest = Integer.parseInt(parcel.settings().getOrDefault("longest", "320"));
    String text = SlackSender.cut(parcel.written().text(), longest);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type);
    if (!parcel.setting("username").isEmpty()) {
      String pair = parcel.setting("username") + ":" + parcel.setting("password");
      headers.put(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }
    if (!parcel.setting("header").isEmpty()) {
      headers.put(parcel.setting("header"), parcel.setting("header_value"));
    }
    String method = parcel.settings().getOrDefault("method", "POST");
    String body = method.equals("GET") ? "" : filled(parcel.setting("body"), parcel, text, type);
    try {
      GatedHttp.Answer answer =
          http.send(
              method,
              filled(parcel.setting("url"), parcel, text, "query"),
              headers,
              body.getBytes(StandardCharsets.UTF_8));
      return outcome(parcel, answer);
    } catch (GatedHttp.NoAnswerException e) {
      return HttpOutcomes.of(e, "the SMS gateway");
    }
  }

  private static Outcome outcome(Parcel parcel, GatedHttp.Answer answer) {
    String success = parcel.settings().getOrDefault("success", "2xx");
    String status = Integer.toString(answer.status());
    for (String one : success.split(",")) {
      if (status.matches(one.replace("x", "\\d"))) {
        return Outcome.sent(answer.status(), id(parcel.setting("id"), answer.text()));
      }
    }
    return answer.success()
        ? Outcome.refused("the SMS gateway answered " + status, answer.status())
        : HttpOutcomes.of(answer, "the SMS gateway");
  }

  private static @Nullable String id(String pointer, String answer) {
    try {
      String found = pointer.isEmpty() ? "" : JSON.readTree(answer).at(pointer).asText("");
      return found.isEmpty() ? null : SlackSender.cut(found, 200);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The template with its places filled, in one pass: what is put in is not looked at again. */
  static String filled(String template, Parcel parcel, String text, String type) {
    Matcher place = PLACE.matcher(template);
    StringBuilder filled = new StringBuilder();
    while (place.find()) {
      String value =
          switch (place.group(1)) {
            case "to" -> parcel.address();
            case "text" -> text;
            case "from" -> parcel.setting("from");
            default -> parcel.id().toString();
          };
      place.appendReplacement(filled, Matcher.quoteReplacement(written(value, type)));
    }
    return place.appendTail(filled).toString();
  }

  private static String written(String value, String type) {
    if (type.contains("json")) {
      return new String(JsonStringEncoder.getInstance().quoteAsString(value));
    }
    if (type.contains("urlencoded") || type.equals("query")) {
      return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
    return type.contains("xml") ? Escape.html(value) : value;
  }
}
