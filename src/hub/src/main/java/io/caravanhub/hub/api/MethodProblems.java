package io.caravanhub.hub.api;

import io.caravanhub.hub.problem.ProblemDocument;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * A path that the contract does not have, or that does not take a method, says so in a problem
 * document. Camel would answer by itself below a path it serves, before any route, with the
 * request's own headers and body.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 5)
class MethodProblems extends OncePerRequestFilter {
  private final ContractPaths contract;

  MethodProblems(ContractPaths contract) {
    this.contract = contract;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/api/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Set<String> methods = contract.methods(request.getRequestURI());
    if (methods.contains(request.getMethod())) {
      chain.doFilter(request, response);
    } else if (methods.isEmpty()) {
      ProblemDocument.write(response, 404, "the contract has no such path", null);
    } else {
      response.setHeader("Allow", String.join(", ", methods));
      ProblemDocument.write(
          response,
          405,
          "this path takes no " + request.getMethod() + "; it takes " + String.join(", ", methods),
          null);
    }
  }
}
