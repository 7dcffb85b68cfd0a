package io.caravanhub.core.route;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;

/** A running context, a folder of route files and a loader that watches it. */
final class RouteFilesFixture implements RouteFileListener, AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(3);

  final DefaultCamelContext context = new DefaultCamelContext();
  final List<String> news = new CopyOnWriteArrayList<>();
  final Path folder;
  final RouteLoader loader;
  private final ProducerTemplate template;

  RouteFilesFixture(Path folder) {
    this(folder, Duration.ofMillis(150));
  }

  RouteFilesFixture(Path folder, Duration poll) {
    this.folder = folder;
    DirectComponent direct = new DirectComponent();
    direct.setBlock(false);
    context.addComponent("direct", direct);
    context.addComponent("outside", new DirectComponent());
    Properties properties = new Properties();
    properties.setProperty("greeting", "hello");
    properties.setProperty("inside", "direct:inside");
    context.getPropertiesComponent().setInitialProperties(properties);
    context.start();
    template = context.createProducerTemplate();
    loader = new RouteLoader(context, List.of(folder), poll).listen(this);
  }

  /** Writes as an editor does that replaces by rename. */
  Path write(String path, String text) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Path part = file.resolveSibling("." + file.getFileName() + ".part");
      Files.writeString(part, text);
      return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String path) throws IOException {
    Files.delete(folder.resolve(path));
  }

  /** A route {@code direct:<id>} that answers with a text. */
  static String route(String id, String answer) {
    return """
        - route:
            id: %s
            from:
              uri: direct:%s
              steps:
                - setBody: {constant: "%s"}
        """
        .formatted(id, id, answer);
  }

  String ask(String direct) {
    return template.requestBody("direct:" + direct, "?", String.class);
  }

  RouteFile file(String path) {
    return loader.files().stream()
        .filter(f -> f.path().equals(folder.resolve(path)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(path + " is not among " + loader.files()));
  }

  void awaitAnswer(String direct, String answer) {
    await().atMost(SOON).ignoreExceptions().until(() -> ask(direct).equals(answer));
  }

  void awaitRefusal(String path) {
    await()
        .atMost(SOON)
        .ignoreExceptionsMatching(e -> true)
        .until(() -> news.contains("refused " + path));
  }

  Model model() {
    return context.getCamelContextExtension().getContextPlugin(Model.class);
  }

  @Override
  public void loaded(RouteFile file) {
    news.add("loaded " + folder.relativize(file.path()));
  }

  @Override
  public void refused(RouteFile file) {
    news.add("refused " + folder.relativize(file.path()));
  }

  @Override
  public void removed(RouteFile file) {
    news.add("removed " + folder.relativize(file.path()));
  }

  @Override
  public void close() {
    loader.close();
    context.stop();
  }
}
