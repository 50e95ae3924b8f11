#pragma once
/// Which columns the table of frames shows, and how wide. As long as nobody has moved, hidden or resized one, they fit
/// the table: number, time, direction, type, size and verdict always stand in it, the others as far as there is room,
/// so that the verdict of a narrow window needs no scrolling. Once a person has set them they stay as they were set,
/// until they are reset.
///
/// Thread: gui.
#include "ui/frames/frametablemodel.h"

#include <QObject>

class QHeaderView;
class QMenu;

namespace framescope {

class FrameDelegate;

class FrameColumns : public QObject
{
    Q_OBJECT

public:
    /// @p header: of a view of a FrameTableModel, which it has already.
    FrameColumns(QHeaderView* header, const FrameDelegate* delegate, QObject* parent);

    /// As they fit. @p ofTopics: what notifications need: room for topic names, no checksums, which they never declare.
    void reset(bool ofTopics);
    void setRoom(int width);
    /// The column of numbers grows with them.
    void makeRoomFor(quint64 number);
    [[nodiscard]] bool areFitted() const { return m_fitted; }

    /// Empty while they fit by themselves: another width next time is another fit.
    [[nodiscard]] QByteArray state() const;
    void restore(const QByteArray& state);

private:
    void showMenu(const QPoint& position);
    void fit();
    [[nodiscard]] int lastShown() const;
    [[nodiscard]] int headingWidth(FrameTableModel::Column column) const;
    [[nodiscard]] int usualWidth(FrameTableModel::Column column) const;

    QHeaderView* m_header;
    const FrameDelegate* m_delegate;
    int m_room = 0;
    quint64 m_largestNumber = 0;
    bool m_ofTopics = false;
    bool m_fitted = true;
    bool m_fitting = false; ///< a change of ours, not a person's
};

} // namespace framescope
