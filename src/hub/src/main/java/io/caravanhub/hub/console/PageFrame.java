package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.notice.Notice;
import io.caravanhub.hub.notice.Notices;
import io.caravanhub.hub.notify.Inbox;
import io.caravanhub.hub.security.HubPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.ModelAndView;

/** What the frame around every page needs: who looks, the wording, and where the web assets are. */
@ControllerAdvice(basePackageClasses = PageFrame.class)
class PageFrame {
  private final Wording wording = new Wording();
  private final Assets assets = new Assets(folder("tabler__core"), folder("htmx.org"));
  private final Notices notices;
  private final Inbox inbox;

  PageFrame(Notices notices, Inbox inbox) {
    this.notices = notices;
    this.inbox = inbox;
  }

  /** Addresses of the web assets' folders; the versions come from the jars themselves. */
  public record Assets(String tabler, String htmx) {}

  @ModelAttribute("say")
  Wording say() {
    return wording;
  }

  @ModelAttribute("assets")
  Assets assets() {
    return assets;
  }

  /** What the hub has to say to the tenant, above every page. */
  @ModelAttribute("notices")
  List<Notice> notices() {
    return principal() == null ? List.of() : notices.open();
  }

  /** How many messages who looks has not read. */
  @ModelAttribute("unread")
  long unread() {
    HubPrincipal who = principal();
    return who == null ? 0 : inbox.unread(who);
  }

  @ModelAttribute("viewer")
  @Nullable HubPrincipal viewer() {
    return principal();
  }

  @ExceptionHandler
  ModelAndView missing(ResponseStatusException problem) {
    return new ModelAndView(
        "error", Map.of("status", problem.getStatusCode().value()), problem.getStatusCode());
  }

  /** What a page's own handler does not say in its place. */
  @ExceptionHandler
  ModelAndView problem(ProblemException problem) {
    HttpStatusCode status = HttpStatusCode.valueOf(problem.status());
    return new ModelAndView("error", Map.of("status", status.value()), status);
  }

  static @Nullable HubPrincipal principal() {
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    return who != null && who.getPrincipal() instanceof HubPrincipal principal ? principal : null;
  }

  private static String folder(String webjar) {
    String file = "/META-INF/maven/org.webjars.npm/" + webjar + "/pom.properties";
    try (InputStream in = PageFrame.class.getResourceAsStream(file)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return "/webjars/" + webjar + "/" + properties.getProperty("version", "");
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
