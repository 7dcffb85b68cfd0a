package io.caravanhub.hub.api;

import io.caravanhub.hub.problem.ProblemDocument;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 with {@code Retry-After} while the port is open and the routes are not: during the
 * start and the stop. The 404 a route that does not run would give is an answer for good, on which
 * a device drops its readings.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ReadyGate extends OncePerRequestFilter {
  private volatile boolean open;

  @EventListener
  void follow(AvailabilityChangeEvent<ReadinessState> change) {
    open = change.getState() == ReadinessState.ACCEPTING_TRAFFIC;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getRequestURI();
    return open || !path.startsWith("/api/") && !path.startsWith("/hooks/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader("Retry-After", "1");
    ProblemDocument.write(response, 503, "the hub starts or stops; try again", null);
  }
}
