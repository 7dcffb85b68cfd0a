package io.caravanhub.hub.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import io.caravanhub.testkit.connector.LogTap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * What the hub logs, from INFO on and of its own code all, for the connector kit to look through;
 * people see as much of it as before.
 */
final class KitLog implements LogTap {
  private static final String ROUTES = "io.caravanhub.core.route";

  @Override
  public Listening listen(Consumer<String> lines) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    List<Appender<ILoggingEvent>> shown = new ArrayList<>();
    root.iteratorForAppenders().forEachRemaining(shown::add);
    Level before = root.getLevel();
    Level seen = before == null ? Level.ERROR : before;
    AppenderBase<ILoggingEvent> tap =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.accept(
                event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                        ? ""
                        : ThrowableProxyUtil.asString(event.getThrowableProxy())));
            // The loader's own words are in the kit's report.
            if (event.getLevel().isGreaterOrEqual(seen)
                && !event.getLoggerName().startsWith(ROUTES)) {
              shown.forEach(appender -> appender.doAppend(event));
            }
          }
        };
    tap.setContext(context);
    tap.start();
    shown.forEach(root::detachAppender);
    root.addAppender(tap);
    root.setLevel(Level.INFO);
    Logger own = context.getLogger("io.caravanhub");
    Level ownBefore = own.getLevel();
    own.setLevel(Level.DEBUG);
    Logger routes = context.getLogger(ROUTES);
    Level routesBefore = routes.getLevel();
    routes.setLevel(Level.DEBUG);
    return () -> {
      root.detachAppender(tap);
      tap.stop();
      shown.forEach(root::addAppender);
      root.setLevel(before);
      own.setLevel(ownBefore);
      routes.setLevel(routesBefore);
    };
  }
}
