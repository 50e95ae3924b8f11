#include "ui/frames/frametableview.h"

#include "core/base/clock.h"
#include "ui/common/numbers.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"
#include "ui/frames/framecolumns.h"
#include "ui/frames/framedelegate.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

namespace framescope {

namespace {
constexpr int copyLimitRows = 10'000;
} // namespace

FrameTableView::FrameTableView(FrameTableModel* model, QWidget* parent)
    : QTableView(parent)
    , m_model(model)
    , m_badge(new QPushButton(this))
{
    setAccessibleName(tr("Frames"));
    setModel(model);
    auto* delegate = new FrameDelegate(this);
    setItemDelegate(delegate);
    m_columns = new FrameColumns(horizontalHeader(), delegate, this);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    setEditTriggers(NoEditTriggers);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(1);
    verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    setKind(m_badge, "badge-button");
    m_badge->setCursor(Qt::ArrowCursor);
    m_badge->setFocusPolicy(Qt::NoFocus);
    m_badge->hide();
    connect(m_badge, &QPushButton::clicked, this, &FrameTableView::follow);
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, &FrameTableView::rememberPlace);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        m_newRows = 0; // of the rows before
        restorePlace();
    });
    connect(model, &FrameTableModel::countsChanged, this, &FrameTableView::updateBadge);
    connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this, &FrameTableView::rememberPlace);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &FrameTableView::restorePlace);
    // Only what a person does to the scroll bar comes as an action; our own moves and clamping do not.
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        const QScrollBar* bar = verticalScrollBar();
        if (bar->sliderPosition() < bar->maximum()) {
            hold();
            if (bar->sliderPosition() == bar->minimum())
                m_model->ensureShows(m_model->hiddenOlder()); // nothing without older frames
        } else
            follow();
    });
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

quint64 FrameTableView::currentNumber() const
{
    return m_model->numberOfRow(currentIndex().row());
}

void FrameTableView::selectNumber(quint64 number)
{
    m_model->ensureShows(number);
    if (!m_model->showsNumber(number))
        return;
    const QModelIndex index = m_model->index(m_model->rowAtOrAfter(number), 0);
    setCurrentIndex(index);
    scrollTo(index, EnsureVisible);
}

void FrameTableView::setEmptyText(const QString& text)
{
    if (text == m_emptyText)
        return;
    m_emptyText = text;
    viewport()->update();
}

void FrameTableView::follow()
{
    m_newRows = 0;
    m_wantedNumber = 0;
    m_model->setAnchored(false);
    m_model->showNewest();
    scrollToBottom();
    if (!m_following) {
        m_following = true;
        Q_EMIT followChanged(true);
    }
    updateBadge();
}

void FrameTableView::hold()
{
    if (!m_following)
        return;
    m_following = false;
    m_model->setAnchored(true);
    m_newRows = 0;
    Q_EMIT followChanged(false);
    updateBadge();
}

int FrameTableView::topRow() const
{
    return rowAt(0);
}

void FrameTableView::scrollTop(int row)
{
    updateGeometries(); // the range of the scroll bar first, or the value is clamped to the old one
    verticalScrollBar()->setValue(row);
}

void FrameTableView::rowsInserted(const QModelIndex& parent, int start, int end)
{
    const int top = topRow();
    QTableView::rowsInserted(parent, start, end);
    m_columns->makeRoomFor(m_model->numberOfRow(end));
    const int count = end - start + 1;
    if (m_following) {
        scrollToBottom();
        return;
    }
    if (top >= 0 && start <= top)
        scrollTop(top + count); // older rows came in above: what is read stays where it is
    if (end == m_model->rowCount() - 1 && start > 0)
        m_newRows += quint64(count);
    if (m_wantedNumber != 0)
        restorePlace();
    updateBadge();
}

void FrameTableView::rememberPlace()
{
    if (const quint64 current = currentNumber(); current != 0)
        m_wantedNumber = current;
    m_topNumber = m_model->numberOfRow(std::max(0, topRow()));
}

/// Rows were replaced or removed: the same frame is selected and the same frame is at the top, as far as they are still
/// shown.
void FrameTableView::restorePlace()
{
    if (m_following) {
        scrollToBottom();
        updateBadge();
        return;
    }
    if (m_topNumber != 0 && m_model->rowCount() > 0)
        scrollTop(m_model->rowAtOrAfter(m_topNumber));
    if (m_wantedNumber != 0 && m_model->showsNumber(m_wantedNumber)) {
        m_restoring = true;
        const QModelIndex index = m_model->index(m_model->rowAtOrAfter(m_wantedNumber), 0);
        selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_restoring = false;
        m_wantedNumber = 0;
    }
    updateBadge();
}

void FrameTableView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    if (m_restoring) {
        const int top = topRow();
        QTableView::currentChanged(current, previous);
        verticalScrollBar()->setValue(top);
        return;
    }
    QTableView::currentChanged(current, previous);
    if (!current.isValid() || m_focusing)
        return;
    m_wantedNumber = 0;
    if (current.row() < m_model->rowCount() - 1)
        hold();
    Q_EMIT currentFrameChanged(m_model->numberOfRow(current.row()));
}

/// Coming back to the window is no wish to read the first row: what is followed stays followed.
void FrameTableView::focusInEvent(QFocusEvent* event)
{
    const bool hadCurrent = currentIndex().isValid();
    m_focusing = true;
    QTableView::focusInEvent(event);
    m_focusing = false;
    if (!hadCurrent)
        selectionModel()->clearCurrentIndex();
}

void FrameTableView::moveBy(int rows)
{
    if (m_model->rowCount() == 0)
        return;
    const int from = currentIndex().isValid() ? currentIndex().row() : std::max(0, topRow()) - (rows > 0 ? 1 : 0);
    const QModelIndex index = m_model->index(std::clamp(from + rows, 0, m_model->rowCount() - 1), 0);
    setCurrentIndex(index);
    scrollTo(index);
}

void FrameTableView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyRows();
        return;
    }
    // Many layouts have brackets on a further level.
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::GroupSwitchModifier;
    const bool shift = modifiers == Qt::ShiftModifier;
    if (modifiers == Qt::NoModifier || shift) {
        switch (event->key()) {
        case Qt::Key_F:
        case Qt::Key_End:
            follow();
            return;
        case Qt::Key_J:
            moveBy(1);
            return;
        case Qt::Key_K:
            moveBy(-1);
            return;
        case Qt::Key_Home:
            if (m_model->hiddenOlder() > 0)
                m_model->ensureShows(1);
            if (m_model->rowCount() > 0)
                setCurrentIndex(m_model->index(0, 0));
            return;
        case Qt::Key_E:
            Q_EMIT findingRequested(!shift);
            return;
        case Qt::Key_BracketLeft:
        case Qt::Key_BracketRight:
            Q_EMIT markRequested(event->key() == Qt::Key_BracketRight);
            return;
        case Qt::Key_Slash:
            Q_EMIT filterFocusRequested();
            return;
        default:
            break;
        }
    }
    QTableView::keyPressEvent(event);
}

void FrameTableView::contextMenuEvent(QContextMenuEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    if (!index.isValid())
        return;
    hold();
    const QString type =
        m_model->index(index.row(), FrameTableModel::Type).data(FrameTableModel::TypeNameRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(m_markActions);
    menu->addSeparator();
    menu->addAction(tr("&Copy row"), this, &FrameTableView::copyRows);
    menu->addAction(tr("&Show only this type"), this,
                    [this, type] { Q_EMIT filterRequested(QStringLiteral("msg.type == \"%1\"").arg(type)); });
    menu->addAction(tr("Show only &failures"), this,
                    [this] { Q_EMIT filterRequested(QStringLiteral("check.status == fail")); });
    menu->addSeparator();
    menu->addAction(tr("F&ollow the newest"), this, &FrameTableView::follow);
    menu->popup(event->globalPos());
}

QString FrameTableView::rowAsText(int row) const
{
    QStringList cells;
    for (int column = 0; column < FrameTableModel::ColumnCount; ++column) {
        const int role = column == FrameTableModel::Type ? int(FrameTableModel::TypeNameRole) : int(Qt::DisplayRole);
        cells += m_model->index(row, column).data(role).toString();
    }
    return cells.join(QLatin1Char('\t'));
}

FrameSpans FrameTableView::selectedSpans() const
{
    QList<std::pair<int, int>> ranges;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        ranges += {range.top(), range.bottom()};
    std::sort(ranges.begin(), ranges.end());
    FrameSpans spans;
    for (const auto& [top, bottom] : ranges) {
        for (int row = top; row <= bottom; ++row) {
            const quint64 number = m_model->numberOfRow(row);
            if (!spans.empty() && spans.back().last + 1 == number)
                spans.back().last = number;
            else if (spans.empty() || spans.back().last < number)
                spans.push_back({number, number});
        }
    }
    return spans;
}

void FrameTableView::copyRows()
{
    QStringList lines;
    const QModelIndexList rows = selectionModel()->selectedRows();
    for (const QModelIndex& index : rows.first(std::min<qsizetype>(rows.size(), copyLimitRows)))
        lines += rowAsText(index.row());
    if (!lines.isEmpty())
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void FrameTableView::paintEvent(QPaintEvent* event)
{
    const qint64 start = monotonicNs();
    QTableView::paintEvent(event);
    if (m_model->rowCount() == 0 && !m_emptyText.isEmpty()) {
        QPainter painter(viewport());
        painter.setPen(Theme::instance().color(Token::SecondaryText));
        painter.setFont(Theme::instance().interfaceFont());
        painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                         m_emptyText);
    }
    m_paintTimes.add(monotonicNs() - start);
}

void FrameTableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    m_columns->setRoom(viewport()->width());
    if (m_following)
        scrollToBottom();
    updateBadge();
}

void FrameTableView::updateBadge()
{
    const quint64 fresh = m_newRows + m_model->hiddenNewer();
    const bool needed = !m_following && fresh > 0;
    if (needed) {
        // Behind a window that was moved back there is nothing new, only what is newer.
        m_badge->setText((m_newRows > 0 ? tr("%1 new · F") : tr("%1 newer · F")).arg(countText(fresh)));
        m_badge->setAccessibleName(tr("%1 new frames; follow the newest").arg(countText(fresh)));
        m_badge->adjustSize();
        const QRect area = viewport()->geometry();
        m_badge->move(area.center().x() - m_badge->width() / 2, area.bottom() - m_badge->height() - 8);
    }
    m_badge->setVisible(needed);
}

} // namespace framescope
