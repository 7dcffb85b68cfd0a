package io.caravanhub.hub.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.session.web.http.CookieSerializer;

/**
 * The cookie holds a session's id, a dot and its signature: who reads ids in the database or a
 * backup of it can make no cookie of them. Thread-safe.
 */
final class SignedCookies implements CookieSerializer {
  /** They are the same for everybody, and no reason to look a session up. */
  private static final Pattern ASSETS =
      Pattern.compile("/webjars/.*|/console/.*\\.[a-z0-9]+|/favicon\\..*");

  private final CookieSerializer cookies;
  private final SessionSeal seal;

  SignedCookies(CookieSerializer cookies, SessionSeal seal) {
    this.cookies = cookies;
    this.seal = seal;
  }

  @Override
  public void writeCookieValue(CookieValue cookie) {
    String id = cookie.getCookieValue();
    String value = id.isEmpty() ? id : id + "." + seal.sign(id);
    cookies.writeCookieValue(new CookieValue(cookie.getRequest(), cookie.getResponse(), value));
  }

  @Override
  public List<String> readCookieValues(HttpServletRequest request) {
    if (ASSETS.matcher(request.getRequestURI()).matches()) {
      return List.of();
    }
    return cookies.readCookieValues(request).stream().flatMap(this::id).toList();
  }

  private Stream<String> id(String value) {
    int dot = value.indexOf('.');
    return dot > 0 && seal.isSigned(value.substring(0, dot), value.substring(dot + 1))
        ? Stream.of(value.substring(0, dot))
        : Stream.empty();
  }
}
