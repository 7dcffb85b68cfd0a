package io.caravanhub.hub.security;

import io.caravanhub.core.telemetry.SeldomLog;
import io.caravanhub.hub.problem.ProblemDocument;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 where the database is away in the middle of a page, or before it: whose session it is
 * cannot be read then.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 40)
final class StoreAway extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(StoreAway.class);

  private final SeldomLog away = new SeldomLog(LOG);

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Not now · Caravan Hub</title>
        <link rel="icon" type="image/svg+xml" href="/console/mark.svg">
        <link rel="stylesheet" href="/console/console.css">
        <script src="/console/theme.js"></script>
      </head>
      <body class="door">
      <main class="door-in">
        <p class="brand"><img src="/console/mark.svg" alt="" width="40" height="40"><span>Caravan<b>Hub</b></span></p>
        <div class="panel empty"><h1>Not now</h1><p>The hub's database is away. Whoever is signed in stays so: load the page again in a moment.</p></div>
      </main>
      </body>
      </html>
      """;

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      if (response.isCommitted() || !isAway(e)) {
        throw e;
      }
      away.warn("{} is answered 503, for the database is away", request.getRequestURI());
      answer(request, response);
    }
  }

  private static boolean isAway(Throwable problem) {
    for (@Nullable Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessResourceFailureException
          || cause instanceof TransientDataAccessException
          || cause instanceof CannotCreateTransactionException
          || cause instanceof TransactionSystemException
          || cause instanceof SQLException sql && isReadOnly(sql)) {
        return true;
      }
    }
    return false;
  }

  /** A server that has become a standby, or keeps itself from running full, takes no change. */
  private static boolean isReadOnly(SQLException problem) {
    return problem.getSQLState() != null && problem.getSQLState().startsWith("25");
  }

  private static void answer(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.reset();
    response.setHeader("Retry-After", "2");
    response.setHeader("Cache-Control", "no-store");
    String path = request.getRequestURI();
    if (path.startsWith("/api/") || path.startsWith("/hooks/")) {
      ProblemDocument.write(response, 503, "the store is away; try again", null);
      return;
    }
    response.setStatus(503);
    response.setContentType("text/html;charset=UTF-8");
    response.getWriter().write(PAGE);
  }
}
