#pragma once
/// The table of frames, with two modes (inspector: follow mode as a state machine). FOLLOW keeps the newest row in
/// sight; HOLD never moves what a person reads: arrivals, eviction and recolouring leave the first visible row where it
/// is.
///
/// FOLLOW -> HOLD: scrolling up, selecting any row but the last, opening the context menu.
/// HOLD -> FOLLOW: F, End, scrolling to the end, the badge "N new · F".
/// Thread: gui. Single-letter keys act only while the table has focus.
#include "core/exchange/exporter.h"
#include "ui/common/timehistogram.h"
#include "ui/frames/frametablemodel.h"

#include <QTableView>

class QPushButton;

namespace framescope {

class FrameColumns;

class FrameTableView : public QTableView
{
    Q_OBJECT

public:
    explicit FrameTableView(FrameTableModel* model, QWidget* parent = nullptr);

    [[nodiscard]] bool isFollowing() const { return m_following; }
    /// Rows that came while held.
    [[nodiscard]] quint64 newRows() const { return m_newRows; }
    /// Number of the current frame; 0 for none.
    [[nodiscard]] quint64 currentNumber() const;
    /// Numbers of the selected frames, in order; empty for none.
    [[nodiscard]] FrameSpans selectedSpans() const;
    /// What marking and commenting is called now, for the context menu; disabled actions say why in their tips.
    void setMarkActions(const QList<QAction*>& actions) { m_markActions = actions; }
    /// Makes frame @p number current and shows it, if the table shows it.
    void selectNumber(quint64 number);
    /// Words in the middle of an empty table.
    void setEmptyText(const QString& text);
    [[nodiscard]] FrameColumns* columns() const { return m_columns; }
    [[nodiscard]] const TimeHistogram& paintTimes() const { return m_paintTimes; }

public Q_SLOTS:
    void follow();
    void hold();
    void copyRows();

Q_SIGNALS:
    void followChanged(bool following);
    void currentFrameChanged(quint64 number);
    void findingRequested(bool forward);
    void markRequested(bool forward); ///< go to the next or the previous one
    void filterFocusRequested();
    void filterRequested(const QString& expression);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void rowsInserted(const QModelIndex& parent, int start, int end) override;

private:
    void rememberPlace();
    void restorePlace();
    void moveBy(int rows);
    void scrollTop(int row);
    void updateBadge();
    [[nodiscard]] int topRow() const;
    [[nodiscard]] QString rowAsText(int row) const;

    FrameTableModel* m_model;
    FrameColumns* m_columns;
    QPushButton* m_badge;
    QList<QAction*> m_markActions;
    QString m_emptyText;
    TimeHistogram m_paintTimes;
    bool m_following = true;
    bool m_restoring = false; ///< a selection of ours, not a person's
    bool m_focusing = false;  ///< a current row of Qt's, which wants one when the table gets the focus
    quint64 m_newRows = 0;
    quint64 m_wantedNumber = 0; ///< was selected before the rows changed; selected again when it is shown
    quint64 m_topNumber = 0;
};

} // namespace framescope
