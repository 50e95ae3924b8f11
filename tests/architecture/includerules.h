#pragma once
/// The arrows between rooms as rules on #include lines: which room may see which, who may see the network, SQLite and
/// widgets. The linker cannot guard this alone: `#include <QtGui/QColor>` compiles against a target that links Qt Core
/// only.
///
/// A room that is added or an arrow that changes is written down here first.
#include <QString>
#include <QStringList>

namespace framescope::test {

/// Checks all of core, ui and app under @p sourceFolder. One line for each violation: "core/gate/x.cpp includes ...:
/// why not".
[[nodiscard]] QStringList includeViolations(const QString& sourceFolder);
/// Checks one #include: @p file is a path from the root, @p target what stands between the brackets or quotes.
/// Empty when it is allowed, else why it is not.
[[nodiscard]] QString whyNotIncluded(const QString& file, const QString& target);
/// Top-level entries that do not belong there.
[[nodiscard]] QStringList strangersAtTheTop(const QString& sourceFolder);
/// Number of #include lines that includeViolations() looks at, to see that it looks at all.
[[nodiscard]] int includeCount(const QString& sourceFolder);

} // namespace framescope::test
