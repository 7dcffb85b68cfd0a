package io.caravanhub.hub.console;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Pages of the machine's own chromium for one test class, and what went wrong in them; without a
 * chromium the class is skipped. All classes of a JVM share the program, which the first one
 * starts. Nothing is ever downloaded.
 */
final class Browser implements BeforeAllCallback, AfterAllCallback {
  /** The one without a window of its own costs a third less. */
  private static final Optional<Path> EXECUTABLE =
      Stream.of("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
          .map(Path::of)
          .filter(Files::isExecutable)
          .findFirst();

  /** What a page does in a moment takes seconds where many tests share few cores. */
  private static final double PATIENCE_MILLIS = 20_000;

  private final List<BrowserContext> sessions = new ArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  private static final class Program {
    static final com.microsoft.playwright.Browser CHROMIUM = start();

    private static com.microsoft.playwright.Browser start() {
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
      PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
      Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
      return playwright
          .chromium()
          .launch(
              new BrowserType.LaunchOptions()
                  .setExecutablePath(EXECUTABLE.orElseThrow())
                  .setArgs(
                      List.of(
                          "--headless",
                          "--no-sandbox",
                          "--disable-gpu",
                          "--disable-quic",
                          "--no-first-run",
                          "--disable-background-networking",
                          "--disable-component-update",
                          "--disable-sync")));
    }
  }

  @Override
  public void beforeAll(ExtensionContext test) {
    Assumptions.assumeTrue(
        EXECUTABLE.isPresent(), "SKIPPED: no page is looked at, there is no chromium in /usr/bin");
  }

  @Override
  public void afterAll(ExtensionContext test) {
    closePages();
  }

  /** A page in a session of its own; its complaints and requests to elsewhere are kept. */
  Page page(int width, int height, ColorScheme scheme) {
    BrowserContext context =
        Program.CHROMIUM.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme));
    sessions.add(context);
    Page page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.onConsoleMessage(
        m -> {
          if (m.type().equals("error") || m.type().equals("warning")) {
            complaints.add(m.text());
          }
        });
    page.onPageError(complaints::add);
    page.onRequest(
        r -> {
          if (!r.url().startsWith("http://127.0.0.1:") && !r.url().startsWith("data:")) {
            complaints.add("request to " + r.url());
          }
        });
    return page;
  }

  /** Closes every page with its session. */
  void closePages() {
    sessions.forEach(BrowserContext::close);
    sessions.clear();
  }

  /** Errors, warnings and requests that left this machine, of all pages so far. */
  List<String> complaints() {
    return complaints;
  }
}
