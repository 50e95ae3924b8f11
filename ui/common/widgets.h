#pragma once
/// The small widgets that every pane is made of, so that they look alike: plain labels, panels, chips, links, badges.
///
/// Thread: gui. Each is an ordinary Qt widget with the dynamic property "kind", which the style sheet reads.
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>

namespace framescope {

/// A label that never takes its text for HTML: for anything that came from the wire.
[[nodiscard]] QLabel* plainLabel(const QString& text = {}, QWidget* parent = nullptr);
[[nodiscard]] QLabel* secondaryLabel(const QString& text = {}, QWidget* parent = nullptr);
/// Semi-bold plain label.
[[nodiscard]] QLabel* titleLabel(const QString& text = {}, QWidget* parent = nullptr);
/// A sheet: white (or near-black), 1 px border, 6 px corners. Its layout keeps 1 px for the border.
[[nodiscard]] QFrame* panelFrame(QWidget* parent = nullptr);
/// A pill: text, may be checkable.
[[nodiscard]] QPushButton* chipButton(const QString& text = {}, QWidget* parent = nullptr);
/// Text that acts, in the accent colour.
[[nodiscard]] QPushButton* linkButton(const QString& text, QWidget* parent = nullptr);
/// The one thing to do here.
[[nodiscard]] QPushButton* primaryButton(const QString& text, QWidget* parent = nullptr);
/// A vertical hairline between groups of a bar.
[[nodiscard]] QFrame* dividerLine(QWidget* parent = nullptr);
/// Flat tabs with an accent underline, not expanding, elided when they do not fit.
[[nodiscard]] QTabBar* flatTabBar(QWidget* parent = nullptr);
/// Shows @p count as a small red pill beside tab @p index; 0 hides it.
void setTabBadge(QTabBar* bar, int index, quint64 count);
/// Gives @p widget another look at run time: "primary", "link", "refused" ...
void setKind(QWidget* widget, const char* kind);
/// @p font with the weight of headings and of the numbers in sentences.
[[nodiscard]] QFont semiBold(QFont font);

} // namespace framescope
