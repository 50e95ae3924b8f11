#include "ui/common/themestyle.h"

#include "ui/common/theme.h"

namespace framescope {

namespace {

/// "@name" stands for the token of that name.
constexpr const char* styleText = R"(
QMainWindow, QDialog { background: @window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: @panel; color: @text; border: 1px solid @border; padding: 4px 6px; }

QFrame[kind="panel"] { background: @panel; border: 1px solid @border; border-radius: 6px; }
QFrame[kind="bar"] { background: @panel; border: none; border-bottom: 1px solid @border; }
QFrame[kind="card"] { background: @panel; border: 1px solid @border; border-radius: 4px; }
QFrame[kind="notice"] { background: @warningtint; border: 1px solid @border; border-radius: 6px; margin: 8px 12px 0 12px; }
QFrame[kind="notice"] QLabel { color: @text; }
QFrame[kind="divider"] { background: @border; border: none; max-width: 1px; min-width: 1px; }
QLabel[kind="secondary"] { color: @secondary; }
QLabel[kind="refused"] { color: @refused; }
QLabel[kind="warning"] { color: @warning; }
QLabel[kind="accepted"] { color: @accepted; }
QLabel[kind="badge"] { color: @refused; background: @refusedtint; border-radius: 7px; padding: 0 6px;
    font-size: @smallsize; font-weight: 600; }

QMenuBar { background: @window; border-bottom: 1px solid @border; padding: 2px 6px; }
QMenuBar::item { background: transparent; color: @text; padding: 4px 10px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @selection; color: @selectiontext; }
QMenu { background: @panel; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; color: @text; }
QMenu::item:selected { background: @selection; color: @selectiontext; }
QMenu::item:disabled { color: @faded; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QStatusBar { background: @window; border-top: 1px solid @border; }
QStatusBar::item { border: none; }

QPushButton, QToolButton[kind="button"] {
    background: @panel; color: @text; border: 1px solid @border; border-radius: 4px; padding: 5px 12px; }
QPushButton:hover, QToolButton[kind="button"]:hover { border-color: @secondary; }
QPushButton:pressed, QToolButton[kind="button"]:pressed { background: @alternate; }
QPushButton:focus, QToolButton[kind="button"]:focus { border-color: @accent; }
QPushButton:checked, QToolButton[kind="button"]:checked { background: @selection; color: @selectiontext; border-color: @selection; }
QPushButton:checked:focus, QToolButton[kind="button"]:checked:focus { border-color: @accent; }
QPushButton:disabled, QToolButton[kind="button"]:disabled { color: @faded; background: transparent; }
QPushButton[kind="primary"], QToolButton[kind="primary"] {
    background: @accent; color: @accenttext; border: 1px solid @accent; border-radius: 4px; padding: 5px 12px; }
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover { border-color: @text; }
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus { border-color: @text; }
QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {
    background: transparent; color: @faded; border-color: @border; }
QPushButton[kind="link"], QToolButton[kind="link"] { background: transparent; border: 1px solid transparent; color: @accent; padding: 1px 3px; }
QPushButton[kind="link"]:hover, QToolButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus { border-color: @accent; border-radius: 3px; }
QPushButton[kind="link"]:disabled { color: @faded; }
QPushButton[kind="chip"] { background: @chip; color: @text; border: 1px solid @chip; border-radius: 12px; padding: 3px 12px; }
QPushButton[kind="chip"]:hover, QPushButton[kind="chip"]:focus { border-color: @accent; }
QPushButton[kind="chip"]:checked { background: @selection; color: @selectiontext; border-color: @selection; }
QPushButton[kind="chip"]:checked:focus { border-color: @accent; }
QPushButton[kind="chip"]:disabled { color: @secondary; background: @chip; }
QPushButton[kind="badge-button"] {
    background: @accent; color: @accenttext; border: 1px solid @accent; border-radius: 12px; padding: 4px 14px; }

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit[kind="field"] {
    background: @panel; color: @text; border: 1px solid @border; border-radius: 4px; padding: 4px 8px;
    selection-background-color: @selection; selection-color: @selectiontext; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: @accent; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: @faded; background: @window; }
QLineEdit[kind="bare"] { border: none; padding: 0; background: transparent; font-family: "@fixedfamily"; font-size: @fixedsize; }
QFrame[kind="field"] { background: @panel; border: 1px solid @border; border-radius: 4px; }
QFrame[kind="field"][focused="true"] { border-color: @accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(":/framescope/icons/chevron-down.svg"); width: 12px; height: 12px; }
QPushButton::menu-indicator { image: url(":/framescope/icons/chevron-down.svg"); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 8px; }
QPushButton[kind="menu"] { padding-right: 30px; font-weight: 600; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @border; selection-background-color: @selection; selection-color: @selectiontext; }

QCheckBox::indicator, QRadioButton::indicator { width: 12px; height: 12px; background: @panel; border: 1px solid @secondary; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 7px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: @accent; border-color: @accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus, QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: @text; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: @border; background: @window; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @secondary; border: none; border-bottom: 2px solid transparent; padding: 6px 12px 5px 12px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { color: @accent; }
QTabWidget::pane { border: none; border-top: 1px solid @border; }
QFrame[kind="tabrow"] { background: @alternate; border: none; border-bottom: 1px solid @border; border-top-left-radius: 5px; border-top-right-radius: 5px; }

QAbstractItemView { background: @panel; alternate-background-color: @alternate; border: none; outline: none;
    selection-background-color: @selection; selection-color: @selectiontext; }
QPlainTextEdit[fixedPitch="true"] { font-family: "@fixedfamily"; font-size: @fixedsize; }
QPlainTextEdit, QTextEdit { background: @panel; color: @text; border: none;
    selection-background-color: @selection; selection-color: @selectiontext; }
QScrollArea { background: transparent; border: none; }
QHeaderView { background: @alternate; border: none; border-top-left-radius: 5px; border-top-right-radius: 5px; }
QHeaderView::section { background: transparent; color: @secondary; border: none; border-bottom: 1px solid @border; padding: 4px 8px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableCornerButton::section { background: @alternate; border: none; }

QSplitter::handle { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @border; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @chip; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
)";

QColor mixed(const QColor& a, const QColor& b, float share)
{
    const auto blend = [share](float x, float y) { return x * share + y * (1.0f - share); };
    return QColor::fromRgbF(blend(a.redF(), b.redF()), blend(a.greenF(), b.greenF()), blend(a.blueF(), b.blueF()));
}

} // namespace

QString styleSheetOf(const Theme& theme)
{
    const auto color = [&theme](Token token) { return theme.color(token); };
    // Longest names first: "@selectiontext" must not be taken for "@selection".
    const std::pair<const char*, QColor> names[] = {
        {"@selectiontext", color(Token::SelectionText)},
        {"@warningtint", color(Token::WarningTint)},
        {"@refusedtint", color(Token::RefusedTint)},
        {"@accenttext", color(Token::AccentText)},
        {"@selection", color(Token::Selection)},
        {"@secondary", color(Token::SecondaryText)},
        {"@alternate", color(Token::AlternateRow)},
        {"@accepted", color(Token::Accepted)},
        {"@refused", color(Token::Refused)},
        {"@warning", color(Token::Warning)},
        {"@window", color(Token::Window)},
        {"@border", color(Token::Border)},
        {"@accent", color(Token::Accent)},
        {"@panel", color(Token::Panel)},
        {"@faded", mixed(color(Token::SecondaryText), color(Token::Panel), 0.6f)},
        {"@chip", mixed(color(Token::Border), color(Token::Window), 0.5f)},
        {"@text", color(Token::Text)},
    };
    QString text = QLatin1String(styleText);
    for (const auto& [name, value] : names)
        text.replace(QLatin1String(name), value.name());
    // A style sheet that selects by property drops fonts that were set on the widget, so these stand here.
    const auto points = [](double size) { return QStringLiteral("%1pt").arg(size); };
    text.replace(QLatin1String("@fixedfamily"), theme.fixedFont().families().value(0));
    text.replace(QLatin1String("@fixedsize"), points(theme.fixedFont().pointSizeF()));
    text.replace(QLatin1String("@smallsize"), points(theme.interfaceFont().pointSizeF() * 0.88));
    return text;
}

} // namespace framescope
